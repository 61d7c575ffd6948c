"""A grid of small images, enlarged without blurring their pixels."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

CRISP = 3  # from this enlargement on, unequal sizes of pixels are too small to be seen


class ImageGrid(QWidget):
    """Images (N, C, H, W) in [-1, 1], C being 1 (grey) or 3 (RGB), in a grid of the widget's shape."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pixels: NDArray[np.uint8] = np.empty((0, 1, 1, 4), np.uint8)
        self._background = QColor("black")
        self._has_rows = False

    def set_images(self, images_NCHW: NDArray[np.float32]) -> None:
        """Show these images."""
        self._pixels = to_rgba(images_NCHW)
        self.update()

    def set_background(self, colour: str) -> None:
        """Colour of the gaps."""
        self._background = QColor(colour)
        self.update()

    def keep_rows(self, *, kept: bool) -> None:
        """Whether each row means something (one class): the grid then stays as square as it was made."""
        self._has_rows = kept
        self.update()

    @property
    def layout_of_images(self) -> tuple[int, float]:
        """Columns and enlargement in the room that there is."""
        height, width = self._pixels.shape[1:3]
        room = self.count, self.width(), self.height(), width, height
        if not self._has_rows:
            return arrange(*room)
        columns = ceil(sqrt(self.count))
        return columns, max(enlargement(columns, *room), 0.01)

    @property
    def count(self) -> int:
        """How many images are shown."""
        return len(self._pixels)

    def sizeHint(self) -> QSize:
        """Qt asks for it."""
        return QSize(320, 320)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt asks for it: draw the images, centred, nearest neighbour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._background)
        if self.count == 0:
            painter.end()
            return
        height, width = self._pixels.shape[1:3]
        columns, side = self.layout_of_images
        rows = ceil(self.count / columns)
        gap = gap_of(side * width)
        corner = QPointF(
            round((self.width() - columns * (side * width + gap) + gap) / 2),
            round((self.height() - rows * (side * height + gap) + gap) / 2),
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=side < 1)
        for i, pixels in enumerate(self._pixels):
            at = corner + QPointF(
                (i % columns) * (side * width + gap), (i // columns) * (side * height + gap)
            )
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
            painter.drawImage(QRectF(at.x(), at.y(), side * width, side * height), image)
        painter.end()


def to_rgba(images_NCHW: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn images (N, 1 or 3, H, W) in [-1, 1] into contiguous RGBA bytes (N, H, W, 4)."""
    count, _, height, width = images_NCHW.shape
    scaled = np.clip(np.nan_to_num(images_NCHW) * 127.5 + 128.0, 0, 255).astype(np.uint8)
    pixels = np.full((count, height, width, 4), 255, np.uint8)
    pixels[..., :3] = np.broadcast_to(scaled, (count, 3, height, width)).transpose(0, 2, 3, 1)
    return pixels


def gap_of(shown: float) -> int:
    """Pixels between two images that are shown at a width."""
    return 1 if shown < 24 else 2 if shown < 64 else 4


def arrange(count: int, room_x: int, room_y: int, width: int, height: int) -> tuple[int, float]:
    """Return the columns with which images of a size fill the room best, and their enlargement."""
    best = (1, 0.0)
    for columns in range(1, count + 1):
        side = enlargement(columns, count, room_x, room_y, width, height)
        if side > best[1]:
            best = (columns, side)
    return best[0], max(best[1], 0.01)


def enlargement(columns: int, count: int, room_x: int, room_y: int, width: int, height: int) -> float:
    """Return how much images of a size can be enlarged in so many columns."""
    rows = ceil(count / columns)
    side = min(room_x / (columns * width), room_y / (rows * height))
    for _ in range(2):  # gaps depend on the size, which depends on the gaps
        gap = gap_of(side * width)
        side = min(
            (room_x - gap * (columns - 1)) / (columns * width),
            (room_y - gap * (rows - 1)) / (rows * height),
        )
    return float(int(side)) if 1 <= side < CRISP else side
