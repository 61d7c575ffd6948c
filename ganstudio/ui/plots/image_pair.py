"""Generated images, and real ones beside them on request."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganstudio.ui.plots.image_grid import ImageGrid
from ganstudio.ui.theme import Colours


class ImagePair(QWidget):
    """Two grids with their headings; the right one comes and goes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.generated = ImageGrid(f"{name}:generated")
        self.generated.setAccessibleName("Generated images")
        self.real = ImageGrid(f"{name}:real")
        self.real.setAccessibleName("Real images")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self._headings = [QLabel("Generated"), QLabel("Real")]
        self._sides: list[QWidget] = []
        for heading, grid in zip(self._headings, (self.generated, self.real), strict=True):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(heading)
            column.addWidget(grid, 1)
            line.addWidget(side, 1)
            self._sides.append(side)
        self.show_real(None)

    def keep_rows(self, *, kept: bool) -> None:
        """Whether each row of the grids holds one class."""
        for grid in (self.generated, self.real):
            grid.keep_rows(kept=kept)

    def show_generated(self, images_NCHW: NDArray[np.float32]) -> None:
        """Show generated images in [-1, 1]."""
        self.generated.set_images(images_NCHW)

    def show_real(self, images_NCHW: NDArray[np.float32] | None) -> None:
        """Show as many real images in [-1, 1] as there are generated ones, or none (None)."""
        if images_NCHW is not None:
            self.real.set_images(images_NCHW[: max(1, self.generated.count)])
        self._sides[1].setVisible(images_NCHW is not None)
        self._headings[0].setVisible(images_NCHW is not None)

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours."""
        for grid in (self.generated, self.real):
            grid.set_background(colours.background)
        for heading in self._headings:
            heading.setStyleSheet(f"color: {colours.muted};")
