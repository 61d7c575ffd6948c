"""The window in which a distribution is drawn."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data.array_files import read_csv
from ganstudio.data.dataset import silent
from ganstudio.data.drawing import decode, encode, sample
from ganstudio.data.images import SUFFIXES, Unusable
from ganstudio.data.images import decode as decode_image
from ganstudio.data.packing import SIDE
from ganstudio.errors import UserError
from ganstudio.ui.dialogs import documents
from ganstudio.ui.drawing.canvas import Canvas, Tool
from ganstudio.ui.theme import colours

TOOLS: tuple[tuple[Tool, str, str, str], ...] = (
    ("brush", "Brush", "B", "Adds density, most in the middle"),
    ("spray", "Spray", "S", "Scatters dots over a wider disc"),
    ("eraser", "Eraser", "E", "Wipes density away; so does the right mouse button"),
)
SIZES = (1, 24)  # half cells
POINTS = 10_000  # in a table that is saved
OPENED = "Pictures and tables of points (*.png *.jpg *.bmp *.gif *.csv *.tsv *.txt)"
SAVED = "Picture of the density (*.png);;Table of 10,000 points (*.csv)"


class DrawingDialog(QDialog):
    """Gives ``text`` once it is accepted: the drawing as the experiment keeps it."""

    def __init__(self, parent: QWidget | None, text: str) -> None:
        super().__init__(parent)
        self.setObjectName("drawing")
        self.setWindowTitle("Draw a distribution")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 720)
        self.text = text
        self._colours = colours(self.palette().window().color().lightness() < 128)
        self.canvas = Canvas(self._colours)
        self._words = QLabel()
        self._words.setObjectName("drawing:words")
        self._words.setWordWrap(True)
        self._box = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self._box.button(QDialogButtonBox.StandardButton.Ok).setText("Use this distribution")
        self._box.accepted.connect(self.accept)
        self._box.rejected.connect(self.reject)
        self._bar = self._make_bar()
        self.canvas.changed.connect(self._on_changed)
        column = QVBoxLayout(self)
        for widget in (self._bar, self._make_size(), self.canvas, self._words, self._box):
            column.addWidget(widget, int(widget is self.canvas))
        try:
            self.canvas.set_density(decode(text))
        except ValueError:
            self._on_changed()

    def accept(self) -> None:
        """Keep the drawing as text."""
        self.text = encode(self.canvas.density())
        super().accept()

    def read(self, path: Path) -> None:
        """Take a picture (dark is dense) or a table of points. Raises UserError."""
        if path.suffix.lower() in SUFFIXES:
            try:
                grey = decode_image(str(path), SIDE, 1, whole=True)[0]
            except Unusable as reason:
                raise UserError(f"{path.name} {reason}.") from None
            self.canvas.set_density(255 - grey)
        else:
            self.canvas.set_density(_histogram(read_csv(path, silent)[0], path))

    def write(self, path: Path) -> None:
        """Save a picture of the density, or a table of points. Raises UserError."""
        density = self.canvas.density()
        try:
            if path.suffix.lower() == ".csv":
                points = sample(density, POINTS, np.random.default_rng(0))
                np.savetxt(path, points, "%.6f", ",", header="x,y", comments="")
            else:
                file = io.BytesIO()
                Image.fromarray(255 - density).save(file, "PNG")
                path.with_suffix(".png").write_bytes(file.getvalue())
        except OSError as error:
            raise UserError(f"{path} could not be written: {error.strerror or error}.") from None

    @Slot()
    def _on_changed(self) -> None:
        density = self.canvas.density()
        used, share = int((density > 0).sum()), float((density > 0).mean())
        if used:
            middle = sample(density, 2000, np.random.default_rng(0)).mean(axis=0)
            words = (
                f"{used:,} of {SIDE * SIDE:,} cells hold density ({share:.0%} of the plane), "
                f"its mean lies at about ({middle[0]:.2f}, {middle[1]:.2f})."
            )
        else:
            words = "Draw where points shall lie: the darker, the more of them."
        self._words.setText(words)
        self._words.setStyleSheet("")
        self.canvas.setAccessibleDescription(words)
        self._box.button(QDialogButtonBox.StandardButton.Ok).setEnabled(used > 0)
        for name in ("save", "clear"):
            self._actions[name].setEnabled(used > 0)
        self._actions["undo"].setEnabled(self.canvas.can_undo)

    @Slot(QAction)
    def _on_tool(self, action: QAction) -> None:
        name = action.objectName().removeprefix("drawing:")
        for tool, *_ in TOOLS:
            self._actions[tool].setChecked(tool == name)
            if tool == name:
                self.canvas.tool = tool

    @Slot(int)
    def _on_size(self, halves: int) -> None:
        self.canvas.radius = halves / 2
        self.canvas.update()

    @Slot()
    def _ask_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Open a picture or a table of points", str(documents()), OPENED
        )
        if chosen:
            self._try(self.read, Path(chosen))

    @Slot()
    def _ask_save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Save the density", str(documents() / "drawing.png"), SAVED
        )
        if chosen:
            self._try(self.write, Path(chosen))

    def _try(self, action: object, path: Path) -> None:
        try:
            action(path)  # type: ignore[operator]
        except UserError as error:
            self._words.setText(str(error))
            self._words.setStyleSheet(f"color: {self._colours.error};")

    def _make_bar(self) -> QToolBar:
        bar = QToolBar()
        bar.setObjectName("drawing:bar")
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._actions: dict[str, QAction] = {}
        for tool, title, key, tip in TOOLS:
            action = self._action(bar, tool, title, key, tip)
            action.setCheckable(True)
            action.setChecked(tool == "brush")
        bar.actionTriggered.connect(self._on_triggered)
        bar.addSeparator()
        self._action(bar, "undo", "Undo", "Ctrl+Z", "Take the last stroke back").triggered.connect(
            self.canvas.undo
        )
        self._action(bar, "clear", "Clear", "Ctrl+Delete", "Empty the sheet").triggered.connect(
            self.canvas.clear
        )
        bar.addSeparator()
        self._action(
            bar, "open", "Open…", "Ctrl+O", "Begin with a picture or a table of points"
        ).triggered.connect(self._ask_open)
        self._action(bar, "save", "Save…", "Ctrl+S", "Save a picture or a table of points").triggered.connect(
            self._ask_save
        )
        return bar

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.isCheckable():
            self._on_tool(action)

    def _action(self, bar: QToolBar, name: str, title: str, key: str, tip: str) -> QAction:
        action = QAction(title, self)
        action.setObjectName(f"drawing:{name}")
        action.setShortcut(QKeySequence(key))
        action.setToolTip(f"{tip} ({key})")
        bar.addAction(action)
        button = bar.widgetForAction(action)
        button.setObjectName(f"drawing:{name}:button")
        button.setAccessibleName(f"{title.rstrip('…')}: {tip.lower()}")
        self._actions[name] = action
        return action

    def _make_size(self) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setObjectName("drawing:size")
        self.size_slider.setAccessibleName("Size of the tool")
        self.size_slider.setToolTip("Size of brush, spray and eraser")
        self.size_slider.setRange(*SIZES)
        self.size_slider.setValue(round(2 * self.canvas.radius))
        self.size_slider.valueChanged.connect(self._on_size)
        label = QLabel("Size")
        label.setBuddy(self.size_slider)
        line.addWidget(label)
        line.addWidget(self.size_slider, 1)
        return holder


def _histogram(points: NDArray[np.float64], path: Path) -> NDArray[np.uint8]:
    """The density of points, brought to the sheet where they lie beyond it."""
    if len(points) == 0 or not np.isfinite(points).all():
        raise UserError(f"{path.name} holds no finite points.")
    if np.abs(points).max() > 1:
        low, high = points.min(axis=0), points.max(axis=0)
        points = (points - (low + high) / 2) / max((high - low).max() / 2, 1e-300)
    edges = np.linspace(-1, 1, SIDE + 1)
    counts, _, _ = np.histogram2d(-points[:, 1], points[:, 0], bins=(edges, edges))
    density: NDArray[np.uint8] = np.ceil(counts * (255 / counts.max())).astype(np.uint8)
    return density
