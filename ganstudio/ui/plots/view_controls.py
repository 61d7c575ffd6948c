"""How curves are shown: smoothing, what x and y mean, and whether the plot follows."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLayout, QSlider, QToolButton, QWidget

STEPS = 300
DEFAULT_WEIGHT = 0.9


class ViewControls(QObject):
    """A row of controls, put into a layout."""

    changed = Signal()

    def __init__(self, name: str, layout: QLayout, parent: QObject) -> None:
        super().__init__(parent)
        self.follow = QToolButton()
        self.follow.setObjectName(f"{name}:follow")
        self.follow.setText("Follow")
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        self.follow.setToolTip("Keep the newest values in sight. Moving or zooming the plot switches it off.")
        self.x = _choice(
            f"{name}:x", "Horizontal axis", (("Iterations", "iterations"), ("Seconds", "seconds"))
        )
        self.y = _choice(f"{name}:y", "Vertical axis", (("Linear", "linear"), ("Symlog", "symlog")))
        self.y.setToolTip("Symlog (symmetric log) shows small and large values of either sign at once.")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{name}:smoothing")
        self.slider.setAccessibleName("Smoothing")
        self.slider.setToolTip(
            "How many past values the bold curve averages; the faint one stays as measured."
        )
        self.slider.setRange(0, STEPS)
        self.slider.setFixedWidth(54)
        self._shown_weight = QLabel()
        self._shown_weight.setMinimumWidth(self._shown_weight.fontMetrics().horizontalAdvance("0.999"))
        self.slider.setValue(STEPS // 3)
        for part in (self.follow, self.x, self.y, _smoothing(self.slider, self._shown_weight)):
            layout.addWidget(part)
        self.follow.toggled.connect(self._on_changed)
        self.x.currentIndexChanged.connect(self._on_changed)
        self.y.currentIndexChanged.connect(self._on_changed)
        self.slider.valueChanged.connect(self._on_changed)
        self._show_weight()

    @property
    def weight(self) -> float:
        """Weight of the past in the moving average, 0 to 0.999; the slider is finer towards 1."""
        return float(round(1.0 - 10.0 ** (-3.0 * self.slider.value() / STEPS), 4))

    @property
    def by_time(self) -> bool:
        """Whether x is training time in seconds, not iterations."""
        return bool(self.x.currentData() == "seconds")

    @property
    def is_symlog(self) -> bool:
        """Whether y is on a symmetric log scale."""
        return bool(self.y.currentData() == "symlog")

    @property
    def follows(self) -> bool:
        """Whether the newest values are to stay in sight."""
        return self.follow.isChecked()

    def stop_following(self) -> None:
        """Leave the plot where the person moved it."""
        with QSignalBlocker(self.follow):
            self.follow.setChecked(False)

    def _on_changed(self) -> None:
        self._show_weight()
        self.changed.emit()

    def _show_weight(self) -> None:
        self._shown_weight.setText(f"{self.weight:.3g}" if self.weight else "off")


def _choice(name: str, title: str, options: tuple[tuple[str, str], ...]) -> QComboBox:
    made = QComboBox()
    made.setObjectName(name)
    made.setAccessibleName(title)
    made.setToolTip(title)
    for text, data in options:
        made.addItem(text, data)
    return made


def _smoothing(slider: QSlider, shown: QLabel) -> QWidget:
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(4)
    for part in (QLabel("Smooth"), slider, shown):
        line.addWidget(part)
    return made
