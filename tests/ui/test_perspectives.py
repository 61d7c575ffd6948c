"""Perspectives, as a person chooses them in the menu."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar
from window_use import MakeWindow, close, open_ring


def in_sight(window):
    """Names of the docks that can be seen now, in front of their tabs."""
    return {n for n, dock in window.workspace.docks.items() if not dock.visibleRegion().isEmpty()}


@pytest.fixture
def window(qtbot, make_window: MakeWindow):
    made = make_window()
    made.resize(1440, 900)
    open_ring(qtbot, made)
    return made


def test_learning_begins_with_settings_samples_losses_and_the_main_histogram(qtbot, window):
    qtbot.waitUntil(lambda: {"form", "samples", "losses", "gradient_norms"} <= in_sight(window))
    assert window.workspace.panels["gradient_norms"].view.name == "distribution"
    assert window.actions_by_name["learn"].isChecked()


def test_each_tab_is_there_once_however_often_everything_is_arranged(qtbot, window):
    for _ in range(2):
        window.actions_by_name["reset_layout"].trigger()
        qtbot.waitUntil(lambda: {"form", "samples", "losses", "gradient_norms"} <= in_sight(window))
        bars = [bar for bar in window.workspace.findChildren(QTabBar) if bar.isVisible()]
        tabs = [bar.tabText(i) for bar in bars for i in range(bar.count())]
        assert len(tabs) == len(set(tabs)) > 10


def test_inspecting_gives_the_inspector_more_room_and_hides_the_settings(qtbot, window):
    inspector = window.workspace.docks["gradient_norms"]
    before = inspector.width() * inspector.height()
    window.actions_by_name["inspect"].trigger()
    qtbot.waitUntil(lambda: inspector.width() * inspector.height() > 1.4 * before)
    assert "form" not in in_sight(window)
    assert {"losses", "gradient_norms"} <= in_sight(window)


def test_inspecting_shows_the_critics_surface_where_there_is_a_plane(qtbot, window):
    window.actions_by_name["inspect"].trigger()
    qtbot.waitUntil(lambda: "surface" in in_sight(window))
    window.commands.open_preset("digits-wgan-gp")
    qtbot.waitUntil(lambda: "samples" in in_sight(window))
    window.commands.open_preset("ring-wgan-gp")
    qtbot.waitUntil(lambda: "surface" in in_sight(window))
    window.workspace.show_dock("samples")
    window.commands.open_preset("grid-wgan-gp")  # points again: what the person chose stays
    assert "samples" in in_sight(window)


def test_the_wide_perspective_has_three_columns(qtbot, window):
    window.actions_by_name["wide"].trigger()
    docks = [window.workspace.docks[n] for n in ("samples", "losses", "gradient_norms")]
    qtbot.waitUntil(lambda: docks[0].x() < docks[1].x() < docks[2].x())
    assert all(dock.height() > 0.8 * window.workspace.height() for dock in docks)


def test_each_perspective_keeps_a_persons_changes_also_over_a_restart(qtbot, window, make_window):
    docks = window.workspace.docks
    window.actions_by_name["inspect"].trigger()
    docks["losses"].hide()
    window.actions_by_name["learn"].trigger()
    assert not docks["losses"].isHidden()
    window.actions_by_name["inspect"].trigger()
    assert docks["losses"].isHidden()
    close(qtbot, window)
    other = make_window()
    open_ring(qtbot, other)
    assert other.workspace.perspective.name == "inspect"
    assert other.actions_by_name["inspect"].isChecked()
    assert other.workspace.docks["losses"].isHidden()
    other.actions_by_name["reset_layout"].trigger()
    assert not other.workspace.docks["losses"].isHidden()
    assert other.workspace.docks["form"].isHidden()


def test_a_layout_of_a_release_with_other_panels_is_not_taken_up(qtbot, window):
    workspace = window.workspace
    workspace.docks["losses"].hide()
    workspace.restore("learn", {"learn": workspace.saveState(1)})  # another set of panels
    assert not workspace.docks["losses"].isHidden()
    workspace.docks["losses"].hide()
    workspace.restore("learn", {"learn": workspace.layout_state()})
    assert workspace.docks["losses"].isHidden()


def test_a_low_window_has_room_for_its_plots(qtbot, make_window: MakeWindow):
    window = make_window()
    window.resize(1280, 720)
    open_ring(qtbot, window)
    docks = window.workspace.docks
    beside = window.workspace.tabifiedDockWidgets
    qtbot.waitUntil(lambda: docks["log"] in beside(docks["losses"]))
    assert docks["problems"] in beside(docks["gradient_norms"])
    qtbot.waitUntil(lambda: min(docks[n].height() for n in ("losses", "gradient_norms")) > 230)
    assert {"form", "samples", "losses", "gradient_norms"} <= in_sight(window)
    bars = window.workspace.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    for bar in (bar for bar in bars if bar.isVisible()):
        for at in range(bar.count()):  # no title is cut
            assert bar.tabRect(at).width() > bar.fontMetrics().horizontalAdvance(bar.tabText(at))
