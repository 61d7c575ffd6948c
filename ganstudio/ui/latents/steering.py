"""How a person says where to look among the latents."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLayout, QSlider, QSpinBox, QToolButton, QWidget

from ganstudio.ui.latents.looking import DIRECTIONS, Wish

FINE = 100  # steps of a slider for 1
REACH = 3  # of the steps along a direction, either way
PLAY_MS = 80


class Steering(QWidget):
    """Sliders; what stands in the panel's strip of controls is put into ``strip``."""

    changed = Signal()

    def __init__(self, strip: QLayout) -> None:
        super().__init__()
        self.first = self._index(
            "first", "From", "The walk begins at this sample of the grid (0 is the first)", 0
        )
        self.second = self._index("second", "to", "The walk ends at this sample of the grid", 1)
        self.path = QComboBox()
        self.path.setObjectName("latents:path")
        self.path.setAccessibleName("Way between the latents")
        self.path.addItem("Linear", "linear")
        self.path.addItem("Spherical", "spherical")
        self.path.setToolTip(
            "Linear: straight through; spherical: at the distance from the origin that normal latents have"
        )
        self.play = QToolButton()
        self.play.setObjectName("latents:play")
        self.play.setText("Play")
        self.play.setCheckable(True)
        self.play.setToolTip("Walk to and fro")
        for label, box in (("From sample", self.first), ("to", self.second)):
            strip.addWidget(QLabel(label))
            strip.addWidget(box)
        strip.addWidget(self.path)
        strip.addWidget(self.play)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        self.share = self._slider("share", "The walk", 0, FINE)
        grid.addWidget(QLabel("Walk"), 0, 0)
        grid.addWidget(self.share, 0, 1, 1, 4)
        self.steps = [
            self._slider(f"direction:{i + 1}", f"Principal direction {i + 1}", -REACH * FINE, REACH * FINE)
            for i in range(DIRECTIONS)
        ]
        for i, slider in enumerate(self.steps):
            words = QLabel(f"Direction {i + 1}")
            words.setToolTip(slider.toolTip())
            grid.addWidget(words, 1 + i // 2, 0 if i % 2 == 0 else 2)
            grid.addWidget(slider, 1 + i // 2, 1 if i % 2 == 0 else 3)
        self.zero = QToolButton()
        self.zero.setObjectName("latents:zero")
        self.zero.setText("Back to 0")
        self.zero.setToolTip("Back to the walk: no steps along the principal directions")
        grid.addWidget(self.zero, 1, 4, 2, 1)
        self._ahead = True
        self._timer = QTimer(self, interval=PLAY_MS)
        self._timer.timeout.connect(self._move_on)
        for box in (self.first, self.second):
            box.valueChanged.connect(self.changed)
        for slider in (self.share, *self.steps):
            slider.valueChanged.connect(self.changed)
        self.path.currentIndexChanged.connect(self.changed)
        self.play.toggled.connect(self._on_play)
        self.zero.clicked.connect(self._to_zero)

    def wish(self) -> Wish:
        """Where to look."""
        return Wish(
            self.first.value(),
            self.second.value(),
            self.share.value() / FINE,
            self.path.currentData() == "spherical",
            tuple(slider.value() / FINE for slider in self.steps),
        )

    def set_count(self, count: int, dimension: int) -> None:
        """How many fixed latents there are, and of how many numbers."""
        with QSignalBlocker(self.first), QSignalBlocker(self.second):
            self.first.setMaximum(count - 1)
            self.second.setMaximum(count - 1)
        for i, slider in enumerate(self.steps):
            slider.setEnabled(i < dimension)

    def _move_on(self) -> None:
        if not self.isVisible():
            return
        if self.share.value() in (0, FINE):
            self._ahead = self.share.value() == 0
        self.share.setValue(self.share.value() + (2 if self._ahead else -2))

    def _on_play(self, playing: bool) -> None:  # noqa: FBT001 - a slot of Qt's
        self.play.setText("Pause" if playing else "Play")
        if playing:
            self._timer.start()
        else:
            self._timer.stop()

    def _to_zero(self) -> None:
        for slider in self.steps:
            slider.setValue(0)

    def _index(self, name: str, title: str, tip: str, value: int) -> QSpinBox:
        box = QSpinBox(minimum=0, maximum=999, value=value)
        box.setObjectName(f"latents:{name}")
        box.setAccessibleName(f"{title}: number of the sample")
        box.setToolTip(tip)
        return box

    def _slider(self, name: str, title: str, low: int, high: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setObjectName(f"latents:{name}")
        slider.setAccessibleName(title)
        slider.setToolTip(title)
        slider.setRange(low, high)
        slider.setPageStep(FINE // 10)
        slider.setValue(0)
        return slider
