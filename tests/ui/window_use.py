"""The window as a person uses it: what the tests of the whole window share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.engine.events import StateChanged
from ganstudio.ui.card import Card
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.training import RunState

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 30000  # ms

MakeWindow = Callable[..., MainWindow]


def close(qtbot: QtBot, window: MainWindow) -> None:
    window.close_now()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)


def settling(qtbot: QtBot, controller: Controller) -> AbstractContextManager[object]:
    """Wait at the end until the session that is opened within is shown whole, or is refused."""
    return qtbot.waitSignal(
        controller.opening_changed, timeout=PATIENCE, check_params_cb=lambda is_opening: not is_opening
    )


def card(window: MainWindow, preset: str) -> Card:
    return next(c for c in window.start_page.findChildren(Card) if c.property("preset") == preset)


def button(window: MainWindow, name: str) -> QToolButton:
    found = window.toolbar.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def click(qtbot: QtBot, widget: QWidget) -> None:
    assert widget.isVisible()
    assert widget.isEnabled()
    qtbot.mouseClick(widget, LEFT)


def wait_for(qtbot: QtBot, window: MainWindow, state: RunState) -> None:
    qtbot.waitUntil(lambda: window.controller.state is state, timeout=PATIENCE)


def stepping(qtbot: QtBot, window: MainWindow) -> AbstractContextManager[object]:
    """Wait at the end until the single step that is asked for within is over.

    An iteration that began within another is not over when the generator was updated.
    """
    return qtbot.waitSignal(
        window.controller.received,
        timeout=PATIENCE,
        check_params_cb=lambda events: any(
            isinstance(event, StateChanged) and event.state == "paused" for event in events
        ),
    )


def editor(window: MainWindow, path: str) -> QLineEdit:
    found = window.form.findChild(QLineEdit, f"field:{path}")
    assert isinstance(found, QLineEdit)
    return found


def message(window: MainWindow) -> str:
    return window.statusBar().currentMessage()


def problems(window: MainWindow) -> str:
    return window.workspace.panels["problems"].summary()


def open_ring(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, card(window, "ring-wgan-gp"))
    assert window.pages.currentWidget() is window.workspace
