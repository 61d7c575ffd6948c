"""The form's input for a drawn distribution: a small picture of it, and a button that opens the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from ganstudio.data.packing import SIDE, unpack
from ganstudio.ui.theme import colours

if TYPE_CHECKING:
    from ganstudio.ui.drawing.dialog import DrawingDialog

SHOWN = 64  # pixels


class DrawingEditor(QWidget):
    """A drawing as text, shown as a picture."""

    typed = Signal()
    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._dialog: DrawingDialog | None = None
        self.picture = QLabel("None")
        self.picture.setObjectName("drawing:picture")
        self.picture.setAccessibleName("The drawn density")
        self.picture.setFixedSize(SHOWN, SHOWN)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.draw = QToolButton()
        self.draw.setText("Draw…")
        self.draw.setToolTip("Draw the distribution with the mouse")
        self.draw.clicked.connect(self.open)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.picture)
        line.addWidget(self.draw)
        line.addStretch(1)
        self.setFocusProxy(self.draw)

    def value(self) -> object:
        """Return the drawing as text."""
        return self._text

    def set_value(self, value: object) -> None:
        """Show a drawing, without a signal."""
        self._text = str(value)
        self._show()

    @Slot()
    def open(self) -> DrawingDialog:
        """Open the canvas; what is accepted there is committed."""
        if self._dialog is None:
            from ganstudio.ui.drawing.dialog import DrawingDialog  # brings Pillow

            self._dialog = DrawingDialog(self, self._text)
            self._dialog.accepted.connect(self._on_accepted)
            self._dialog.finished.connect(self._on_finished)
            self._dialog.open()
        return self._dialog

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show()

    @Slot()
    def _on_accepted(self) -> None:
        if self._dialog is not None:
            self.set_value(self._dialog.text)
            self.committed.emit()

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    def _show(self) -> None:
        try:
            density = np.frombuffer(unpack(self._text), np.uint8).reshape(SIDE, SIDE)
        except ValueError:
            self.picture.setText("None")
            return
        shades = colours(self.palette().window().color().lightness() < 128)
        paper, ink = (QColor(colour) for colour in (shades.background, shades.real))
        share = density / 255
        mixed = [
            (1 - share) * under + share * over
            for under, over in (
                (paper.red(), ink.red()),
                (paper.green(), ink.green()),
                (paper.blue(), ink.blue()),
            )
        ]
        pixels = np.rint(np.stack(mixed, axis=-1)).astype(np.uint8)
        image = QImage(pixels.tobytes(), SIDE, SIDE, 3 * SIDE, QImage.Format.Format_RGB888)
        self.picture.setPixmap(QPixmap.fromImage(image))
