"""Who gets the room that a larger window brings: samples and plots, not the settings nor what lies below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle, QTabBar

Area = Qt.DockWidgetArea
MIDDLE = Area.RightDockWidgetArea  # docks there share what the others leave
BESIDE = Area.LeftDockWidgetArea  # and here they keep their width
BELOW = Area.BottomDockWidgetArea  # and here their height
NEAR = 4  # pixels that separators and rounding may take; nobody drags by so few


class Room(QObject):
    """Remembers how docks share the room, as a person drags them, and shares it so in another size.

    Qt itself gives every dock its part of new room. What lies in the middle shares it instead, in the
    proportions that it had.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: list[QDockWidget] = []
        self._room = QSize()  # in which the docks had these places
        self._places: dict[QDockWidget, QRect] = {}
        self._wanted: dict[QDockWidget, int] = {}  # widths of those beside, heights of those below
        self._has_shared = False
        self._settled = QTimer(self, interval=0, singleShot=True)
        self._settled.timeout.connect(self._note)

    def watch(self, dock: QDockWidget) -> None:
        """Let a dock share the room."""
        self._docks.append(dock)
        dock.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See docks that get another size."""
        if event.type() == QEvent.Type.Resize:
            self._settled.start()
        return False

    def share(self) -> None:
        """Share the room anew: the window has got another size, and Qt has just spread it."""
        before, now = self._room, self._window.size()
        if before == now or not self._window.isVisible():
            return
        middle = self._lying_in(MIDDLE)
        if not middle:
            return
        line = self._window.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent)
        widths, less = self._kept(BESIDE, QRect.width)
        ends = [(place.left(), place.right() + 1) for place in middle.values()]
        wider = _factor(ends, now.width() - before.width() + less, line)
        widths |= _scaled({dock: place.width() for dock, place in middle.items()}, wider)
        heights, less = self._kept(BELOW, QRect.height)
        ends = [(place.top(), place.bottom() + 1) for place in middle.values()]
        higher = _factor(ends, now.height() - before.height() + less, line)
        heights |= _scaled({dock: place.height() for dock, place in middle.items()}, higher)
        self._has_shared = True
        self._window.resizeDocks(list(widths), list(widths.values()), Qt.Orientation.Horizontal)
        self._window.resizeDocks(list(heights), list(heights.values()), Qt.Orientation.Vertical)

    def _kept(self, area: Area, extent: Callable[[QRect], int]) -> tuple[dict[QDockWidget, int], int]:
        """The sizes that docks of an area shall have, and how much less that is than what they had."""
        lying = self._lying_in(area)
        kept = {dock: self._wanted.get(dock, extent(place)) for dock, place in lying.items()}
        return kept, max((extent(place) - kept[dock] for dock, place in lying.items()), default=0)

    def _lying_in(self, area: Area) -> dict[QDockWidget, QRect]:
        """The docks that are shown in an area, and the places that they had."""
        return {
            dock: place
            for dock, place in self._places.items()
            if dock.isVisible() and not dock.isFloating() and self._window.dockWidgetArea(dock) == area
        }

    @Slot()
    def _note(self) -> None:
        """Remember how the room is shared."""
        if not self._window.isVisible():
            return
        self._places.clear()
        self._room = self._window.size()
        bars = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        high = max((bar.height() for bar in bars if bar.isVisible()), default=0)
        for dock in self._docks:
            if not dock.isFloating() and not dock.visibleRegion().isEmpty():
                place = dock.geometry()
                if self._window.tabifiedDockWidgets(dock):
                    place.setTop(place.top() - high)
                place = place.intersected(self._window.rect())  # where room is scarce, some reach out of it
                self._places[dock] = place
                self._want(dock, place)
        self._has_shared = False

    def _want(self, dock: QDockWidget, place: QRect) -> None:
        """Take the size of a dock for what the person wants, unless it comes of the room there is."""
        size = place.width() if self._window.dockWidgetArea(dock) == BESIDE else place.height()
        wanted = self._wanted.setdefault(dock, size)
        if not self._has_shared and abs(size - wanted) > NEAR:
            self._wanted[dock] = size


def _factor(ends: list[tuple[int, int]], more: int, line: int) -> float:
    """By how much docks between these ends grow together; the lines between them do not."""
    starts = {start for start, _ in ends}
    room = max(end for _, end in ends) - min(starts) - line * (len(starts) - 1)
    return 1 + more / max(1, room)


def _scaled(sizes: dict[QDockWidget, int], factor: float) -> dict[QDockWidget, int]:
    """Sizes in another room, the largest first: Qt takes the last one for what is asked of all of them."""
    return {
        dock: max(1, round(factor * size)) for dock, size in sorted(sizes.items(), key=lambda item: -item[1])
    }
