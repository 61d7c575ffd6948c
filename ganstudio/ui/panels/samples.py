"""What the generator makes of the fixed latents."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ganstudio.engine.events import Event, Samples, Started
from ganstudio.experiment.conditions import is_conditional
from ganstudio.experiment.model import Experiment
from ganstudio.ui.exports import Table
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.image_pair import ImagePair
from ganstudio.ui.plots.scatter import Scatter

IMAGE_DIMENSIONS = 3  # of one sample: channels, height, width


class SamplesPanel(Panel):
    """A grid of images, or points beside the real ones, whichever the data are."""

    name = "samples"
    title = "Samples"
    area = "centre"
    export_kinds = ("png", "csv")
    empty_text = (
        "Samples of the generator will appear here, from its first attempt on, always from the same latents."
    )
    explanation = (
        "<p>The generator turns random numbers, the <b>latents</b> z, into samples. The latents of this "
        "picture stay the same during the whole training, so you see each sample change as the generator "
        "learns.</p><p><b>Images:</b> look for variety. Where many images look alike, the generator has "
        "collapsed onto a few modes. Where the networks are told the classes, each row is one class. "
        "<i>Compare with real data</i> shows real samples next to "
        "them.</p><p><b>Points:</b> generated points lie over real ones. Circles mark the true modes at "
        "three standard deviations; each of them should hold points.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._started: Started | None = None
        self._samples: Samples | None = None
        self._is_new = False
        self._where = QLabel()
        self._where.setObjectName("samples:iteration")
        self.compare = QToolButton()
        self.compare.setObjectName("samples:compare")
        self.compare.setText("Compare with real data")
        self.compare.setCheckable(True)
        self.compare.toggled.connect(self._on_compare)
        self.controls.addWidget(self._where)
        self.controls.addWidget(self.compare)
        self.images = ImagePair("samples:images")
        self.points = Scatter("samples:points", self.colours)
        self._kinds = QStackedWidget()
        self._kinds.addWidget(self.images)
        self._kinds.addWidget(self.points)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._kinds)
        self.recolour()

    def reset(self, experiment: Experiment) -> None:
        """Forget all samples."""
        super().reset(experiment)
        self._started = self._samples = None
        self._is_new = True
        self.images.keep_rows(kept=is_conditional(experiment))
        self._where.setText("")

    def handle(self, event: Event) -> None:
        """Keep the newest samples; older ones are never drawn."""
        if isinstance(event, Started):
            self._started, self._is_new = event, True
        elif isinstance(event, Samples):
            self._samples, self._is_new = event, True

    def refresh(self) -> None:
        """Draw the newest samples."""
        if not self._is_new or self._samples is None:
            return
        self._is_new = False
        generated = self._samples.generated
        is_images = generated.ndim == IMAGE_DIMENSIONS + 1
        self._kinds.setCurrentWidget(self.images if is_images else self.points)
        self.compare.setVisible(is_images)
        if is_images:
            self.images.show_generated(generated)
            self.images.show_real(self._started.real if self._started and self.compare.isChecked() else None)
        else:
            real = self._started.real if self._started else generated
            self.points.show_points(real, generated, self._started.modes if self._started else None)
        self._where.setText(f"Iteration {self._samples.iteration:,}")
        self.show_content()
        self.tell(self.summary())

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.images.recolour(self.colours)
        self.points.recolour(self.colours)
        self._is_new = True
        self.refresh()

    def summary(self) -> str:
        """Say what is shown."""
        if self._samples is None:
            return ""
        count, *shape = self._samples.generated.shape
        what = f"images of {shape[1]} x {shape[2]} pixels" if len(shape) == IMAGE_DIMENSIONS else "points"
        return f"{count:,} generated {what} at iteration {self._samples.iteration:,}."

    def table(self) -> Table:
        """Return one row a sample: its values in order."""
        if self._samples is None:
            return ()
        flat = self._samples.generated.reshape(len(self._samples.generated), -1)
        return [(f"x{i + 1}", flat[:, i].tolist()) for i in range(flat.shape[1])]

    def _on_compare(self) -> None:
        self._is_new = True
        self.refresh()
