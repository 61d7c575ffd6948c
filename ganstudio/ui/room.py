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
    proportions that it had. Where room is scarce Qt squeezes all docks: nobody wants that in another size, so
    it is not remembered.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: list[QDockWidget] = []
        self._room = QSize()  # in which the docks had these places, which the person wants
        self._places: dict[QDockWidget, QRect] = {}
        self._size = QSize()  # of the window when the docks were last seen, in these places
        self._seen: dict[QDockWidget, QRect] = {}
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
        if now == self._size or not self._window.isVisible():
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
        """Remember how the room is shared, unless that comes of the room there is."""
        if not self._window.isVisible():
            return
        size, before = self._window.size(), self._seen
        found = self._found()
        fits_across = all(place.right() < size.width() for place in found.values())
        fits_down = all(place.bottom() < size.height() for place in found.values())
        self._size, self._seen = (
            size,
            {d: place.intersected(self._window.rect()) for d, place in found.items()},
        )
        has_shared, self._has_shared = self._has_shared, False
        if not has_shared:
            for dock, place in self._seen.items():
                self._want(dock, place, fits_across=fits_across, fits_down=fits_down)
        if before.keys() != self._seen.keys():  # some were moved, shown or hidden
            self._room, self._places = size, dict(self._seen)
        elif not has_shared and _differ(before, self._seen):
            self._measure(across=fits_across, down=fits_down)

    def _found(self) -> dict[QDockWidget, QRect]:
        """The places of docks that can be seen, each with its tabs."""
        bars = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        high = max((bar.height() for bar in bars if bar.isVisible()), default=0)
        found = {}
        for dock in self._docks:
            if not dock.isFloating() and not dock.visibleRegion().isEmpty():
                found[dock] = place = dock.geometry()
                if self._window.tabifiedDockWidgets(dock):
                    place.setTop(place.top() - high)
        return found

    def _want(self, dock: QDockWidget, place: QRect, *, fits_across: bool, fits_down: bool) -> None:
        """Take the size of a dock for what the person wants, unless there is no room for more."""
        is_beside = self._window.dockWidgetArea(dock) == BESIDE
        size, fits = (place.width(), fits_across) if is_beside else (place.height(), fits_down)
        wanted = self._wanted.setdefault(dock, size)
        if fits and abs(size - wanted) > NEAR:
            self._wanted[dock] = size

    def _measure(self, *, across: bool, down: bool) -> None:
        """Share other room as this is shared now, in those directions in which there is enough."""
        for dock, now in self._seen.items():
            was = self._places[dock]
            wide, high = now if across else was, now if down else was
            self._places[dock] = QRect(wide.x(), high.y(), wide.width(), high.height())
        width = self._size.width() if across else self._room.width()
        self._room = QSize(width, self._size.height() if down else self._room.height())


def _differ(before: dict[QDockWidget, QRect], now: dict[QDockWidget, QRect]) -> bool:
    """Whether a dock has another place: not only by what rounding does."""
    steps = (
        (now[dock].topLeft() - was.topLeft(), now[dock].size() - was.size()) for dock, was in before.items()
    )
    return any(
        max(abs(by.x()), abs(by.y()), abs(more.width()), abs(more.height())) > NEAR for by, more in steps
    )


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
