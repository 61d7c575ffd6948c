"""Checkpoints as a strip of cards: a thumbnail, the iteration, what there is to know, and marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QImageReader, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ganstudio.session.entries import CheckpointEntry
from ganstudio.ui.background import Reader
from ganstudio.ui.progress import duration
from ganstudio.ui.theme import LIGHT, Colours

THUMBNAIL = 56  # pixels on the screen
LOADED = 3 * THUMBNAIL  # enough for screens that show three for one
CARD_TEXT = 168
MARGIN = 8
CACHED = 1000  # thumbnails

Index = QModelIndex | QPersistentModelIndex


class CheckpointModel(QAbstractListModel):
    """The entries, newest first; thumbnails are read when they are first painted, in another thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[CheckpointEntry] = []
        self._pictures: dict[Path, QImage | None] = {}  # None while it is being read
        self._reader = Reader(self)
        self._reader.answered.connect(self._on_read)

    def show(self, entries: Sequence[CheckpointEntry]) -> None:
        """Show these entries, given ascending."""
        newest_first = list(reversed(entries))
        if newest_first == self.entries:
            return
        self.beginResetModel()
        self.entries = newest_first
        wanted = {entry.picture for entry in entries}
        if len(self._pictures) > CACHED:
            self._pictures = {path: image for path, image in self._pictures.items() if path in wanted}
        self.endResetModel()

    def forget(self) -> None:
        """Another session: its pictures may have the same names."""
        self._reader.clear()
        self._pictures.clear()
        self.show(())

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        """Qt asks for it: how many there are."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt asks for it: words of an entry."""
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return ". ".join((title(entry), *details(entry), *marks(entry)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((title(entry), *details(entry), *marks(entry), entry.problem)).strip()
        return None

    def picture(self, entry: CheckpointEntry) -> QImage | None:
        """The thumbnail; None while it is read, or where there is none."""
        path = entry.picture
        if path is None:
            return None
        if path not in self._pictures:
            self._pictures[path] = None
            self._reader.ask(path, lambda: read_picture(path, LOADED))
        return self._pictures[path]

    @Slot(object, object)
    def _on_read(self, path: Path, image: QImage | None) -> None:
        if path in self._pictures and image is not None:
            self._pictures[path] = image
            for row, entry in enumerate(self.entries):
                if entry.picture == path:
                    self.dataChanged.emit(self.index(row), self.index(row))


class CheckpointDelegate(QStyledItemDelegate):
    """Paints a card."""

    def __init__(self, model: CheckpointModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.colours: Colours = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - all are alike
        """Qt asks for it: a thumbnail and three lines beside it."""
        line = QFontMetrics(option.font).height()
        return QSize(
            THUMBNAIL + CARD_TEXT * line // 16 + 3 * MARGIN, max(THUMBNAIL, 3 * line + 4) + 2 * MARGIN
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt asks for it: draw the card."""
        entry, c = self._model.entries[index.row()], self.colours
        rect: QRect = option.rect.adjusted(2, 2, -2, -2)
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QColor(c.accent if selected else c.border))
        painter.setBrush(QColor(c.surface))
        painter.drawRoundedRect(rect, 6, 6)
        if selected:
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 5, 5)
        self._paint_picture(painter, rect, entry)
        self._paint_words(painter, rect, entry, option.font)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRect, entry: CheckpointEntry) -> None:
        corner = rect.topLeft() + QPoint(MARGIN - 2, (rect.height() - THUMBNAIL) // 2)
        place = QRect(corner, QSize(THUMBNAIL, THUMBNAIL))
        image = self._model.picture(entry)
        if image is None or image.isNull():
            painter.setPen(QColor(self.colours.border))
            painter.drawRect(place)
            return
        size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        fitted = QRect(QPoint(0, 0), size)
        fitted.moveCenter(place.center())
        painter.drawImage(fitted, image)

    def _paint_words(self, painter: QPainter, rect: QRect, entry: CheckpointEntry, font: QFont) -> None:
        c = self.colours
        left = rect.left() + THUMBNAIL + 2 * MARGIN
        line = QFontMetrics(font).height()
        room = rect.right() - left - 4
        top = rect.top() + (rect.height() - 3 * line) // 2
        bold = QFont(font)
        bold.setBold(True)
        badges = marks(entry)
        lines = [
            (title(entry), bold, c.foreground),
            (details(entry)[0], font, c.muted),
            (", ".join(badges) or details(entry)[1], font, c.error if entry.problem else c.good)
            if badges
            else (details(entry)[1], font, c.muted),
        ]
        for i, (words, face, colour) in enumerate(lines):
            painter.setFont(face)
            painter.setPen(QColor(colour))
            fitted = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRect(left, top + i * line, room, line), Qt.AlignmentFlag.AlignVCenter, fitted)


class Filmstrip(QListView):
    """The cards, side by side in rows."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setWrapping(True)
        self.setSpacing(2)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.cards = CheckpointModel(self)
        self.setModel(self.cards)
        self.painter = CheckpointDelegate(self.cards, self)
        self.setItemDelegate(self.painter)

    def show_entries(self, entries: Sequence[CheckpointEntry]) -> None:
        """Show these; the same one stays selected, or the newest becomes so."""
        before = self.current()
        self.cards.show(entries)
        rows = {entry.iteration: row for row, entry in enumerate(self.cards.entries)}
        if rows:
            row = rows.get(before.iteration, 0) if before else 0
            self.setCurrentIndex(self.cards.index(row))

    def current(self) -> CheckpointEntry | None:
        """The selected entry."""
        index = self.currentIndex()
        return self.cards.entries[index.row()] if index.isValid() else None


def title(entry: CheckpointEntry) -> str:
    """For example "Iteration 1,200"."""
    return f"Iteration {entry.iteration:,}"


def details(entry: CheckpointEntry) -> tuple[str, str]:
    """When it was saved, and how long it was trained and how large it is."""
    try:
        when = datetime.fromisoformat(entry.saved).astimezone().strftime("%-d %b %Y, %H:%M:%S")
    except ValueError:
        when = "time not known"
    return when, f"trained {duration(entry.seconds)}, {size_words(entry.size)}"


def marks(entry: CheckpointEntry) -> list[str]:
    """What distinguishes it: damaged, pinned, best."""
    found = ["damaged"] if entry.problem else []
    found += ["pinned"] if entry.pinned else []
    if entry.best:
        found.append("best" if entry.figure is None else f"best ({entry.figure:.4g})")
    return found


def size_words(size: int) -> str:
    """A size in bytes as people write it: "512 bytes", "4.1 MB"."""
    value = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError


def read_picture(path: Path, side: int) -> QImage:
    """A picture, no larger than a square of that side; a null image where it cannot be read."""
    reader = QImageReader(str(path))
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
