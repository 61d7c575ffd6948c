"""Losses that leave every healthy range, or that are no numbers any more."""

from __future__ import annotations

from math import prod, sqrt

from ganstudio.diagnosis.detector import Detector, Reading, Window, judge, live, number, on_fork
from ganstudio.diagnosis.findings import Remedy
from ganstudio.diagnosis.lipschitz import EXPLODED
from ganstudio.engine.events import NON_FINITE, Event, Metrics, Started, Trouble
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import target_norm
from ganstudio.objectives import OBJECTIVES

WINDOW = 20  # iterations of a median
LIMIT = (
    100.0  # of losses that are means of -log p: p = e^-100 for half of all samples is no doubt but overflow
)
FACTOR = 10.0  # times what a critic of the right slope can reach
GROWTH = 10.0  # an order of magnitude from one window to the one five windows later
SOON = 1 / 3  # of the limit: growth above that is a warning


class Divergence(Detector):
    """The median |loss| of 20 iterations above a limit, or growing tenfold within 100 towards it.

    A critic with slope t over data in [-1, 1]^d can tell two distributions apart by at most t times the
    diameter 2 sqrt(d), so with a penalty ten times that is the limit; under clipping, which aims at no slope,
    the t is 200 (see NotLipschitz). Only the critic's loss is looked at then: the zero of the scores, and so
    the generator's loss, may drift. A fair game of the other objectives has losses of about 1, and the limit
    is 100. Healthy presets stay below a tenth of it, where it is resolved.
    """

    meaning = (
        "Critic and generator drive each other apart instead of towards the data. What comes next is "
        "infinite or NaN, and training then stops at the last good state."
    )

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self._windows = {name: Window(name, WINDOW) for name in ("critic_loss", "generator_loss")}
        self._before: list[
            tuple[int, float]
        ] = []  # iteration and greatest median, of the last 100 iterations
        self._diameter = 2.0

    def read(self, event: Event) -> Reading | None:
        """Look at both losses."""
        if isinstance(event, Started):
            self._diameter = 2 * sqrt(prod(event.sample_shape))
        if isinstance(event, Trouble) and NON_FINITE in event.sentence:
            return Reading(
                event.iteration, "ill", "Training diverged: a loss or a weight is no number any more.",
                f"{event.sentence.split(';')[0]}.",
            )  # fmt: skip
        if not isinstance(event, Metrics):
            return None
        full = [window.add(event) for window in self._windows.values()]
        return self._judge(event.iteration) if all(full) else None

    def _judge(self, iteration: int) -> Reading:
        medians = {
            name: window.median(magnitude=True)
            for name, window in self._windows.items()
            if name == "critic_loss" or not self._is_wasserstein()
        }
        name = max(medians, key=lambda n: medians[n])
        now, limit = medians[name], self._limit()
        self._before = [(i, v) for i, v in self._before if iteration - i <= 5 * WINDOW]
        then_at, then = self._before[0] if self._before else (iteration, now)
        self._before.append((iteration, now))
        is_growing = now > SOON * limit and now > GROWTH * then
        words = name.replace("_", " ")
        evidence = (
            f"The median magnitude of the {words} over {WINDOW} iterations is {number(now)}; "
            f"healthy training stays below {number(limit / 10)}."
        )
        if is_growing:
            evidence += f" At iteration {then_at:,} it was {number(then)}."
        sentence = (
            f"Training has diverged: the {words} left every healthy range."
            if now > limit
            else f"Training is about to diverge: the {words} grows by orders of magnitude."
        )
        return judge(
            iteration,
            ill=now > limit or is_growing,
            well=now < limit / 10,
            sentence=sentence,
            evidence=evidence,
        )

    def _limit(self) -> float:
        if not self._is_wasserstein():
            return LIMIT
        clips = self.experiment.lipschitz.kind == "weight-clipping"
        slope = EXPLODED if clips else max(1.0, target_norm(self.experiment) or 1.0)
        return FACTOR * slope * self._diameter

    def _is_wasserstein(self) -> bool:
        return "wasserstein" in OBJECTIVES[self.experiment.objective.kind].traits

    def remedies(self) -> list[Remedy]:
        """Smaller steps, or a critic that cannot run away."""
        e, found = self.experiment, []
        if e.lipschitz.kind == "gradient-penalty" and e.lipschitz.weight < 1:
            found += live(e, "lipschitz.weight", 10.0, "Raise lambda to 10")
        if e.lipschitz.kind == "weight-clipping" and e.lipschitz.clip > 0.05:
            found += live(e, "lipschitz.clip", 0.01, "Lower the clip bound to 0.01")
        rate = e.critic_optimizer.learning_rate
        if rate > 1e-3:
            label = "Train with learning rates of 0.0002"
            rates = dict.fromkeys(
                ("critic_optimizer.learning_rate", "generator_optimizer.learning_rate"), 2e-4
            )
            found += on_fork(e, rates, label)
        found += live(
            e, "critic_optimizer.learning_rate", rate / 10, f"Lower the critic's rate to {rate / 10:g}"
        )
        return found
