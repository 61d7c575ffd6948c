"""Who gets the room of a larger window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_use import LEFT, MakeWindow, open_ring

from ganstudio.ui.main_window import MINIMUM_SIZE, MainWindow
from ganstudio.ui.perspectives import PERSPECTIVES
from ganstudio.ui.room import NEAR
from ganstudio.ui.workspace import FORM_WIDTH

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise, size hints
SMALL, LARGE = (1440, 900), (2100, 1300)


@pytest.fixture
def window(qtbot: QtBot, make_window: MakeWindow) -> MainWindow:
    made = make_window()
    open_ring(qtbot, made)
    resize(qtbot, made, SMALL)
    qtbot.waitUntil(lambda: abs(made.workspace.docks["form"].width() - FORM_WIDTH) <= NEAR)
    settle(qtbot, made)
    return made


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the docks have their sizes, and these are noted."""
    workspace = window.workspace
    room = workspace._room

    def is_noted() -> bool:
        docks = [d for d in room._seen if not d.isFloating()]
        right = [
            min(dock.geometry().right(), workspace.width() - 1) for dock in docks
        ]  # some reach out of it
        sizes_known = [room._seen[dock].right() for dock in docks] == right
        return room._size == workspace.size() and not room._settled.isActive() and sizes_known

    qtbot.waitUntil(is_noted)


def resize(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    """Give the window a size."""
    window.resize(*size)
    qtbot.waitUntil(lambda: window.workspace.width() == size[0])
    settle(qtbot, window)


def low(window: MainWindow) -> str:
    """The dock below that can be seen."""
    lying = (
        name
        for name, dock in window.workspace.docks.items()
        if window.workspace.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea
        and not dock.visibleRegion().isEmpty()
    )
    return next(lying)


def drag(window: MainWindow, start: QPoint, by: QPoint) -> None:
    """Drag the line between two docks."""
    workspace = window.workspace
    QTest.mousePress(workspace, LEFT, pos=start)
    for part in (1, 2):
        QTest.mouseMove(workspace, start + by * part / 2)
        QApplication.processEvents()  # Qt moves the line once it has nothing else to do
    QTest.mouseRelease(workspace, LEFT, pos=start + by)


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    docks = window.workspace.docks
    names = ("form", "samples", "losses", "gradient_norms", low(window))
    return {name: (docks[name].width(), docks[name].height()) for name in names}


def test_samples_and_plots_get_the_room_of_a_larger_window(qtbot: QtBot, window: MainWindow) -> None:
    before, below = sizes(window), low(window)
    resize(qtbot, window, LARGE)
    after = sizes(window)
    assert after["form"][0] == pytest.approx(before["form"][0], abs=NEAR)
    assert after[below][1] == pytest.approx(before[below][1], abs=NEAR)
    for name in ("samples", "losses", "gradient_norms"):
        assert after[name][0] > 1.4 * before[name][0]
        assert after[name][1] > 1.4 * before[name][1]
    assert after["samples"][0] / after["losses"][0] == pytest.approx(
        before["samples"][0] / before["losses"][0], abs=0.02
    )


def test_what_a_person_dragged_stays_in_every_size(qtbot: QtBot, window: MainWindow) -> None:
    form, below = window.workspace.docks["form"], window.workspace.docks[low(window)]
    wide, high = form.width(), below.height()
    edge = form.geometry()
    drag(window, QPoint(edge.right() + 3, edge.center().y()), QPoint(90, 0))
    qtbot.waitUntil(lambda: form.width() > wide + 60)
    bottom = window.workspace.docks["gradient_norms"].geometry()
    drag(window, QPoint(bottom.center().x(), bottom.bottom() + 3), QPoint(0, -70))
    qtbot.waitUntil(lambda: below.height() > high + 50)
    settle(qtbot, window)
    wide, high = form.width(), below.height()
    for size in (LARGE, SMALL, (1700, 1000), (1710, 1003), (1721, 1010), (1200, 800), LARGE):
        resize(qtbot, window, size)
    assert form.width() == pytest.approx(wide, abs=NEAR)
    assert below.height() == pytest.approx(high, abs=NEAR)


def test_a_window_that_grows_behind_the_start_page_shares_the_room_in_the_same_way(
    qtbot: QtBot, window: MainWindow
) -> None:
    before, below = sizes(window), low(window)
    window.switch_page()
    window.resize(*LARGE)
    window.switch_page()
    qtbot.waitUntil(lambda: window.workspace.width() == LARGE[0])
    settle(qtbot, window)
    after = sizes(window)
    assert after["form"][0] == pytest.approx(before["form"][0], abs=NEAR)
    assert after[below][1] == pytest.approx(before[below][1], abs=NEAR)


def test_docks_that_were_moved_elsewhere_keep_the_rule(qtbot: QtBot, window: MainWindow) -> None:
    workspace = window.workspace
    workspace.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, workspace.docks["samples"])
    workspace.docks["log"].setFloating(True)
    workspace.docks["losses"].hide()
    qtbot.waitUntil(lambda: workspace.docks["samples"].width() == workspace.docks["form"].width())
    settle(qtbot, window)
    left, plots = workspace.docks["samples"].width(), workspace.docks["gradient_norms"].width()
    resize(qtbot, window, LARGE)
    assert workspace.docks["samples"].width() == pytest.approx(left, abs=NEAR)
    assert workspace.docks["gradient_norms"].width() > 1.4 * plots


@pytest.mark.parametrize("wider", [0, 40, 120])
def test_where_room_was_scarce_all_comes_back_as_it_was(qtbot: QtBot, window: MainWindow, wider: int) -> None:
    window.setMinimumSize(1, 1)
    form = window.workspace.docks["form"]
    if wider:
        edge = form.geometry()
        drag(window, QPoint(edge.right() + 3, edge.center().y()), QPoint(wider, 0))
        qtbot.waitUntil(lambda: form.width() >= edge.width() + wider - NEAR)
        settle(qtbot, window)
    before = sizes(window)
    for size in ((800, 600), (900, 640), (800, 560), LARGE, (820, 600), SMALL):
        resize(qtbot, window, size)
        fits = size[0] >= SMALL[0]
        assert form.width() <= before["form"][0] + NEAR
        assert not fits or form.width() == pytest.approx(before["form"][0], abs=NEAR)
    after = sizes(window)
    for name, (wide, high) in before.items():
        assert after[name] == (pytest.approx(wide, abs=NEAR), pytest.approx(high, abs=NEAR)), name


def test_what_is_dragged_where_room_is_scarce_counts_in_that_direction_only(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.setMinimumSize(1, 1)
    docks = window.workspace.docks
    edge = docks["form"].geometry()
    drag(window, QPoint(edge.right() + 3, edge.center().y()), QPoint(60, 0))
    qtbot.waitUntil(lambda: docks["form"].width() >= edge.width() + 60 - NEAR)
    settle(qtbot, window)
    before = sizes(window)
    resize(qtbot, window, (800, 800))
    assert docks["form"].width() < before["form"][0] - NEAR
    upper = docks["losses"].geometry()
    drag(window, QPoint(upper.center().x(), upper.bottom() + 3), QPoint(0, 40))
    qtbot.waitUntil(lambda: docks["losses"].height() > upper.height() + 20)
    settle(qtbot, window)
    share = docks["losses"].height() / (docks["losses"].height() + docks["gradient_norms"].height())
    resize(qtbot, window, SMALL)
    for name, (wide, _) in before.items():
        assert docks[name].width() == pytest.approx(wide, abs=NEAR), name
    high = docks["losses"].height()
    assert high / (high + docks["gradient_norms"].height()) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("perspective", PERSPECTIVES)
def test_in_the_least_window_every_panel_has_room(qtbot: QtBot, window: MainWindow, perspective: str) -> None:
    workspace = window.workspace
    workspace.look_from(perspective)
    for name in ("notes", "data", "losses"):
        workspace.show_dock(name)
    resize(qtbot, window, MINIMUM_SIZE.toTuple())
    layout = workspace.layout()
    assert layout is not None
    assert layout.minimumSize().width() <= window.width()
    shown = [dock for dock in workspace.docks.values() if not dock.visibleRegion().isEmpty()]
    assert len(shown) >= 3
    for dock in shown:
        assert workspace.rect().contains(dock.geometry()), dock.objectName()
        assert not any(dock.geometry().intersects(o.geometry()) for o in shown if o is not dock)
