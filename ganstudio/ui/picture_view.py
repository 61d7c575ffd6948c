"""A picture in a small window of its own, enlarged as far as there is room."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

SIDE = 560


class Picture(QWidget):
    """An image in the middle, as large as fits; small images keep their pixels crisp."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("picture")
        self._image = QImage()

    def show_image(self, image: QImage) -> None:
        """Show this one."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """Qt asks for it."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt asks for it: draw the image."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        enlarges = size.width() >= 2 * self._image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=not enlarges)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)
        painter.end()


class PictureView(QDialog):
    """Not modal; the arrow keys ask for the picture before and after, Escape closes it."""

    stepped = Signal(int)  # -1: to the left, 1: to the right

    def __init__(self, parent: QWidget, name: str, words: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._words = QLabel(words)
        self._words.setWordWrap(True)
        self.picture = Picture()
        column = QVBoxLayout(self)
        column.addWidget(self.picture, 1)
        column.addWidget(self._words)

    def show_picture(self, title: str, words: str, image: QImage) -> None:
        """Show an image with what it is."""
        self.setWindowTitle(title)
        self._words.setText(words)
        self.picture.setAccessibleName(f"{title}. {words}")
        self.picture.show_image(image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the pictures beside this one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)
