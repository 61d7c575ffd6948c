"""A generator that makes the same few samples."""

from __future__ import annotations

import numpy as np

from ganstudio.data.dataset import Modes
from ganstudio.diagnosis.detector import Detector, Reading, judge, live, on_fork
from ganstudio.diagnosis.findings import Remedy
from ganstudio.engine.events import Event, Samples, Started
from ganstudio.experiment.model import Experiment
from ganstudio.metrics.coverage import mode_coverage
from ganstudio.metrics.diversity import mean_pairwise_distance

COMPARED = 200  # samples at most, so that a look costs a millisecond
WARM_UP = 300  # iterations: an untrained generator maps all latents to nearly the same sample
ALIKE, DIVERSE = 0.5, 0.7  # mean distance among samples, in that of the data
HALF, MOST = 0.5, 0.75  # of the modes


class ModeCollapse(Detector):
    """Four pictures in a row, after 300 iterations, with one of two signs.

    1. The mean distance between two samples is less than half that of two real ones; resolved above 0.7.
    2. 2-D data with known modes: at most half of them hold 1 % of the samples; resolved at three quarters.
    Healthy presets reach 0.85 and all modes within 100 to 200 iterations.
    """

    patience = 4
    meaning = (
        "The generator makes few kinds of samples, whatever the latents: those that fool the critic right "
        "now. Often it wanders from one to the next as the critic follows."
    )

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self._real_distance = 0.0
        self._modes: Modes | None = None

    def read(self, event: Event) -> Reading | None:
        """Look at the samples from the fixed latents."""
        if isinstance(event, Started):
            real = event.real[:COMPARED]
            self._real_distance = mean_pairwise_distance(real) if len(real) > 1 else 0.0
            self._modes = event.modes
        if not isinstance(event, Samples) or event.iteration < WARM_UP or len(event.generated) < 2:
            return None
        if not self._real_distance or not np.isfinite(event.generated).all():
            return None
        return self._judge(event)

    def _judge(self, event: Samples) -> Reading:
        ratio = mean_pairwise_distance(event.generated[:COMPARED]) / self._real_distance
        evidence = f"Samples differ among themselves {100 * ratio:.0f} % as much as real ones do"
        ill, well = ratio < ALIKE, ratio > DIVERSE
        if self._modes is not None:
            coverage = mode_coverage(event.generated, self._modes.centres, self._modes.std)
            count = len(self._modes.centres)
            ill |= coverage.covered <= HALF * count
            well &= coverage.covered >= MOST * count
            evidence += f"; {coverage.covered} of {count} modes hold at least 1 % of them"
        return judge(
            event.iteration, ill=ill, well=well,
            sentence="The generator has collapsed onto few modes.", evidence=f"{evidence}.",
        )  # fmt: skip

    def remedies(self) -> list[Remedy]:
        """An objective that sees distance, or networks that see whole batches."""
        e = self.experiment
        found = on_fork(
            e,
            {"objective.kind": "wasserstein", "lipschitz.kind": "gradient-penalty", "critic.norm": "none"},
            "Use WGAN-GP",
        )
        rate = e.generator_optimizer.learning_rate
        if rate > e.critic_optimizer.learning_rate:
            slower = e.critic_optimizer.learning_rate
            label = f"Lower the generator's rate to {slower:g}"
            found = live(e, "generator_optimizer.learning_rate", slower, label) + found
        return found + live(
            e, "generator_optimizer.learning_rate", rate / 10, f"Lower the generator's rate to {rate / 10:g}"
        )
