"""What lies in one bar of the histogram: the points whose gradient norms are in it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ganstudio.engine.events import GradientNorms
from ganstudio.ui.plots.chart import canvas, dress
from ganstudio.ui.plots.image_grid import to_rgba
from ganstudio.ui.theme import Colours

SHOWN = 60  # points of a bar shown at most
WIDTH = 420
SIDE = 64  # pixels of an image
IMAGE_AXES = 4  # N, C, H, W
NOT_KEPT = (
    "The points themselves are not kept in a session; while training runs, those of the newest batch are "
    "shown here."
)


class BinPopover(QFrame):
    """A small window that goes away when a person clicks elsewhere or presses Escape."""

    def __init__(
        self, event: GradientNorms, span: tuple[float, float], colours: Colours, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("gradient_norms:bin")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._colours = colours
        low, high = span
        norms = np.asarray(event.norms, np.float64)
        inside = np.flatnonzero((norms >= low) & (norms < high))
        inside = inside[np.argsort(norms[inside])]
        there = inside if event.points is None else inside[inside < len(event.points)]  # of a large batch
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        have = "point has" if len(inside) == 1 else "points have"
        where = f"a gradient norm from {low:.3g} to {high:.3g} at iteration {event.iteration:,}"
        shown = min(SHOWN, len(there))
        more = f"; {shown} of them are shown" if shown < len(inside) and event.points is not None else ""
        self.heading.setText(f"{len(inside)} of {len(norms)} {have} {where}{more}.")
        self.setAccessibleName(self.heading.text())
        column = QVBoxLayout(self)
        column.addWidget(self.heading)
        self.points: QListWidget | None = None
        some = there[np.linspace(0, len(there) - 1, min(SHOWN, len(there))).astype(int)]
        if len(some) == 0:
            return
        if event.points is None:
            note = QLabel(NOT_KEPT)
            note.setWordWrap(True)
            note.setStyleSheet(f"color: {colours.muted};")
            column.addWidget(note)
            return
        if event.points.ndim != IMAGE_AXES:
            column.addWidget(self._plane(event.points, there))
        self.points = self._list(event.points[some], norms[some])
        column.addWidget(self.points)
        self.points.setFocus()

    def open_at(self, corner: QPoint) -> None:
        """Show it with its upper left corner there, or as near as the screen allows."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = min(corner.x(), screen.right() - self.width())
        y = min(corner.y(), screen.bottom() - self.height())
        self.move(max(screen.left(), x), max(screen.top(), y))
        self.show()

    def _list(self, points: NDArray[np.float32], norms: NDArray[np.float64]) -> QListWidget:
        """One entry a point: its picture or its place, and its norm below."""
        made = QListWidget()
        made.setObjectName("gradient_norms:bin:points")
        made.setAccessibleName("Points in the bar, by rising norm")
        made.setFixedWidth(WIDTH)
        if points.ndim == IMAGE_AXES:
            made.setViewMode(QListView.ViewMode.IconMode)
            made.setIconSize(QSize(SIDE, SIDE))
            made.setMovement(QListView.Movement.Static)
            made.setResizeMode(QListView.ResizeMode.Adjust)
            made.setSpacing(4)
            made.setFixedHeight(290)
            for pixels, norm in zip(to_rgba(points), norms, strict=True):
                item = QListWidgetItem(_icon(pixels), f"{norm:.3f}")
                item.setToolTip(f"gradient norm {norm:.6g}")
                made.addItem(item)
            return made
        made.setFixedHeight(120)
        made.addItems(
            [
                f"({', '.join(f'{v:.3f}' for v in p)}): norm {n:.4g}"
                for p, n in zip(points, norms, strict=True)
            ]
        )
        return made

    def _plane(self, points: NDArray[np.float32], inside: NDArray[np.intp]) -> QWidget:
        """All points of the batch, those of the bar in colour."""
        made = canvas("gradient_norms:bin:plane")
        made.setAccessibleName("The points of the bar among those of the batch")
        made.setFixedSize(WIDTH, 240)
        made.setBackground(self._colours.background)
        plot = made.addPlot(enableMenu=False)
        dress(plot, self._colours)
        plot.setAspectLocked(lock=True)
        for chosen, colour, size in (
            (points, self._colours.muted, 3),
            (points[inside], self._colours.penalty, 7),
        ):
            plot.addItem(
                pg.ScatterPlotItem(x=chosen[:, 0], y=chosen[:, 1], pen=None, brush=colour, size=size)
            )
        return made  # type: ignore[no-any-return]  # pyqtgraph has no types


def _icon(pixels: NDArray[np.uint8]) -> QIcon:
    """An image (H, W, 4) as an icon, enlarged without blur."""
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    smooth = (
        Qt.TransformationMode.SmoothTransformation
        if width > SIDE
        else Qt.TransformationMode.FastTransformation
    )
    return QIcon(
        QPixmap.fromImage(image.copy()).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    )
