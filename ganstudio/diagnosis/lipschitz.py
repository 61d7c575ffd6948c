"""A critic whose slope is far from what its Lipschitz control aims at."""

from __future__ import annotations

from collections import deque

import numpy as np

from ganstudio.diagnosis.detector import Detector, Reading, judge, live, number, on_fork
from ganstudio.diagnosis.findings import Remedy
from ganstudio.engine.events import Event, GradientNorms
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import target_norm
from ganstudio.objectives import OBJECTIVES

BATCHES = 5  # of a median
STEEP = 5.0  # times the target
FLAT = 0.05  # times the target
EXPLODED = 200.0  # under clipping, where 1 is the slope of a distance


class NotLipschitz(Detector):
    """The median over five batches of the mean norm, for Wasserstein objectives.

    With a penalty of target t: above 5 t, resolved below 3 t. The critic gains W1 for each unit of slope
    and pays lambda (s - t)^2, so its slope rests at s = t + W1 / (2 lambda): at 5 t the Wasserstein estimate
    is five times the distance. Below t / 20 (two-sided) the critic is flat. Under clipping no slope
    is aimed at: norms up to 60 were seen where training goes well, and above 200, resolved below 100, they
    explode through the critic's depth.
    """

    meaning = (
        "A Wasserstein critic measures a distance only where it changes by at most 1 per unit of way. At "
        "another slope the estimate is scaled by it, and so is the generator's gradient."
    )

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self._means: deque[float] = deque(maxlen=BATCHES)

    def applies(self) -> bool:
        """Whether the critic measures a distance, and no penalty pulls its slope to 0."""
        is_distance = "wasserstein" in OBJECTIVES[self.experiment.objective.kind].traits
        return is_distance and target_norm(self.experiment) != 0

    def read(self, event: Event) -> Reading | None:
        """Look at the norms of a batch."""
        if not isinstance(event, GradientNorms) or not len(event.norms):
            return None
        if not self.applies():
            return None
        self._means.append(float(np.mean(event.norms)))
        if len(self._means) < BATCHES:
            return None
        level = float(np.median(self._means))
        if event.target is None:
            return self._judge_free(event.iteration, level)
        return self._judge_penalised(event.iteration, level, event.target, event.norms)

    def _judge_penalised(
        self,
        iteration: int,
        level: float,
        target: float,
        norms: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    ) -> Reading:
        is_flat = self.experiment.lipschitz.side == "two-sided" and level < FLAT * target
        above = 100 * float(np.mean(norms > target))
        return judge(
            iteration,
            ill=level > STEEP * target or is_flat,
            well=level < 3 / 5 * STEEP * target and not level < 2 * FLAT * target,
            sentence=f"The critic is far from Lipschitz: it is too {'flat' if is_flat else 'steep'}.",
            evidence=f"The gradient norm is {number(level)} (median over {BATCHES} batches) where "
            f"{number(target)} is the target; {above:.0f} % of the last batch lie above it.",
        )

    def _judge_free(self, iteration: int, level: float) -> Reading:
        return judge(
            iteration, ill=level > EXPLODED, well=level < EXPLODED / 2,
            sentence="The critic's gradients explode.",
            evidence=f"Its norm is {number(level)} (median over {BATCHES} batches); 1 is that of a distance.",
        )  # fmt: skip

    def remedies(self) -> list[Remedy]:
        """A penalty that counts, a tighter clip, or the penalty instead of the clip."""
        e = self.experiment
        if e.lipschitz.kind == "weight-clipping":
            found = live(e, "lipschitz.clip", 0.01, "Lower the clip bound to 0.01")
            return found + on_fork(
                e,
                {"lipschitz.kind": "gradient-penalty", "lipschitz.weight": 10.0},
                "Use the gradient penalty",
            )
        found = live(e, "lipschitz.weight", 10.0, "Raise lambda to 10") if e.lipschitz.weight < 10 else []
        rate = e.critic_optimizer.learning_rate / 10
        return found + live(e, "critic_optimizer.learning_rate", rate, f"Lower the critic's rate to {rate:g}")
