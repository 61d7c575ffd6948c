"""Keys that do what they say, wherever the focus is."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QPlainTextEdit, QTreeWidget, QWidget
from window_use import MakeWindow, open_ring

from ganstudio.ui.actions import SPECS

# Keys that mean in a text what they mean in the window, for the text; at a field the form's own undo answers.
OF_TEXTS = {"Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y"}
# Keys of Qt's texts on X11 and macOS, which this test's screen does not know.
ELSEWHERE = {f"Ctrl+{letter}" for letter in "ABCDEFHKUVX"}


@pytest.fixture
def window(qtbot, make_window: MakeWindow):
    made = make_window()
    open_ring(qtbot, made)
    return made


def shortcuts(window) -> dict[str, list[QAction]]:
    """All actions of the window by their keys, those without a key under ""."""
    found: dict[str, list[QAction]] = {}
    for action in window.findChildren(QAction):
        if action.shortcutContext() is not Qt.ShortcutContext.WidgetShortcut:
            for keys in action.shortcuts() or [QKeySequence()]:
                found.setdefault(keys.toString(), []).append(action)
    return found


def test_every_action_and_every_dock_has_a_shortcut_of_its_own(window):
    keys = [action.shortcut().toString() for action in window.actions_by_name.values()]
    keys += [action.shortcut().toString() for action in window.workspace.toggles()]
    assert len(keys) == len(SPECS) + len(window.workspace.docks)
    assert all(keys)
    assert [keys for keys, actions in shortcuts(window).items() if keys and len(actions) > 1] == []


def takes(widget: QWidget, keys: str) -> bool:
    """Whether a widget with the focus keeps a key for itself, so that no action hears of it."""
    pressed = QKeySequence(keys)[0]
    event = QKeyEvent(QEvent.Type.ShortcutOverride, pressed.key(), pressed.keyboardModifiers())
    event.ignore()
    widget.event(event)
    return event.isAccepted()


def test_no_shortcut_is_lost_to_a_text_that_has_the_focus(qtbot, window):
    keys = {keys for keys in shortcuts(window) if keys} - OF_TEXTS
    assert len(keys) > 40
    assert not keys & ELSEWHERE
    for kind in (QLineEdit, QPlainTextEdit, QDoubleSpinBox, QComboBox, QTreeWidget):
        widget = kind()
        qtbot.addWidget(widget)
        assert [each for each in sorted(keys) if takes(widget, each)] == [], kind.__name__


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise
def test_the_key_of_a_panel_behind_a_tab_brings_it_to_the_front_and_hides_it_only_there(qtbot, window):
    log = window.workspace.docks["log"]
    action = next(a for a in window.workspace.toggles() if a.text() == "Log")
    window.workspace.show_dock(next(d for d in ("runs", "losses") if log in beside(window, d)))
    qtbot.waitUntil(log.visibleRegion().isEmpty)
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: not log.visibleRegion().isEmpty())
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(log.isHidden)
    assert not action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: not log.visibleRegion().isEmpty())
    assert action.isChecked()
    log.close()  # by its own button
    assert not action.isChecked()


def beside(window, name):
    return window.workspace.tabifiedDockWidgets(window.workspace.docks[name])
