"""What the generator makes of the fixed latents."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ganstudio.engine.events import Event, Metrics, Samples, Started
from ganstudio.experiment.conditions import is_conditional
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.moments.cursor import TimeCursor
from ganstudio.ui.moments.scrubber import Scrubber
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.image_pair import ImagePair
from ganstudio.ui.plots.scatter import Scatter
from ganstudio.ui.steady import Steady

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
        "three standard deviations; each of them should hold points.</p><p>The <b>slider</b> below looks "
        "back: all panels show what was to be seen at that iteration. Its right end is now.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._started: Started | None = None
        self._samples: Samples | None = None  # the newest
        self._moment: Moment | None = None  # None: now
        self._drawn: Samples | None = None
        self.when = TimeCursor()
        self._is_new = False
        self._where = QLabel()
        self._where.setObjectName("samples:iteration")
        self.compare = QToolButton()
        self.compare.setObjectName("samples:compare")
        self.compare.setText("Compare with real data")
        self.compare.setCheckable(True)
        self.compare.toggled.connect(self._draw_again)
        self.controls.addWidget(Steady(self._where))
        self.controls.addWidget(self.compare)
        self.images = ImagePair("samples:images")
        self.points = Scatter("samples:points", self.colours)
        self._kinds = QStackedWidget()
        self._kinds.addWidget(self.images)
        self._kinds.addWidget(self.points)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._kinds, 1)
        self.scrubber = Scrubber("samples", self.when)
        self.scrubber.chosen.connect(self.time_chosen)
        column.addWidget(self.scrubber)
        self.recolour()

    def reset(self, experiment: Experiment) -> None:
        """Forget all samples."""
        super().reset(experiment)
        self._started = self._samples = self._moment = self._drawn = None
        self.when.reset(experiment)
        self._is_new = True
        self.images.keep_rows(kept=is_conditional(experiment))
        self._where.setText("")

    def handle(self, event: Event) -> None:
        """Keep the newest samples; older ones are never drawn."""
        self.when.handle(event)
        if isinstance(event, Started):
            self._started, self._drawn, self._is_new = event, None, True
        elif isinstance(event, Samples):
            self._samples, self._is_new = event, True
        elif isinstance(event, Metrics):
            self._is_new = True  # the slider moves

    def show_moment(self, moment: Moment | None) -> None:
        """Show the samples of the moment."""
        self._moment, self._is_new = moment, True
        self.when.at = moment.iteration if moment else None

    @property
    def shown(self) -> Samples | None:
        """The samples of the moment, or the newest."""
        return self._moment.samples if self._moment else self._samples

    def refresh(self) -> None:
        """Draw the samples of the moment, or the newest."""
        if not self._is_new:
            return
        self._is_new = False
        self.scrubber.follow()
        if self.shown is None or self.shown is self._drawn:
            return
        self._drawn = self.shown
        generated = self.shown.generated
        is_images = generated.ndim == IMAGE_DIMENSIONS + 1
        self._kinds.setCurrentWidget(self.images if is_images else self.points)
        self.compare.setVisible(is_images)
        if is_images:
            self.images.show_generated(generated)
            self.images.show_real(self._started.real if self._started and self.compare.isChecked() else None)
        else:
            real = self._started.real if self._started else generated
            self.points.show_points(real, generated, self._started.modes if self._started else None)
        self._where.setText(f"Iteration {self.shown.iteration:,}")
        self.show_content()
        self.tell(self.summary())

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.images.recolour(self.colours)
        self.points.recolour(self.colours)
        self._draw_again()

    def summary(self) -> str:
        """Say what is shown."""
        if self.shown is None:
            return ""
        count, *shape = self.shown.generated.shape
        what = f"images of {shape[1]} x {shape[2]} pixels" if len(shape) == IMAGE_DIMENSIONS else "points"
        return f"{count:,} generated {what} at iteration {self.shown.iteration:,}."

    def table(self) -> Table:
        """Return one row a sample: its values in order."""
        if self.shown is None:
            return ()
        flat = self.shown.generated.reshape(len(self.shown.generated), -1)
        return [(f"x{i + 1}", flat[:, i].tolist()) for i in range(flat.shape[1])]

    def _draw_again(self) -> None:
        self._drawn, self._is_new = None, True
        self.refresh()
