"""A generator that is hardly told any more how to get better."""

from __future__ import annotations

from math import sqrt

from ganstudio.diagnosis.detector import Detector, Reading, Window, judge, live, number, on_fork
from ganstudio.diagnosis.findings import Remedy
from ganstudio.engine.events import Event, Metrics, Started
from ganstudio.experiment.describe import Value
from ganstudio.experiment.model import Experiment

WINDOW = 30  # iterations of a median
LOST = 1e-8  # Adam's and RMSprop's epsilon: gradients below it no longer make full steps
FALL = 1e-4  # of the greatest median so far
FAIR = 0.02  # of minimax's signal, which is 1/2 where real and generated look alike


class VanishingGradient(Detector):
    """Three signs, each of a median over 30 iterations.

    1. The root mean square of the generator's gradient is below 1e-8, the epsilon of Adam and RMSprop.
    2. Its norm fell to 1/10,000 of the greatest that it was.
    3. Minimax only: dL_G/dD(G(z)) = -sigmoid(D(G(z))), of which |L_G| is the mean up to its square, is below
       0.02: the critic is sure of 98 in 100 samples that they are generated.
    Resolved at ten times each.
    """

    meaning = (
        "The generator learns from the critic's slope at its own samples. There is next to none left, so it "
        "stands still however long training goes on."
    )

    def __init__(self, experiment: Experiment) -> None:
        super().__init__(experiment)
        self._norm = Window("generator_gradient_norm", WINDOW)
        self._loss = Window("generator_loss", WINDOW)
        self._greatest = 0.0
        self._weights = 0

    def read(self, event: Event) -> Reading | None:
        """Look at the generator's gradient and loss."""
        if isinstance(event, Started):
            self._weights = event.generator_parameters
        if not isinstance(event, Metrics):
            return None
        has_norm, has_loss = self._norm.add(event), self._loss.add(event)
        readings = []
        if has_norm and self._weights:
            readings.append(self._judge_norm(event.iteration))
        if has_loss and self.experiment.objective.kind == "minimax":
            readings.append(self._judge_minimax(event.iteration))
        order = ("ill", "between", "well")
        return min(readings, key=lambda r: order.index(r.state), default=None)

    def _judge_norm(self, iteration: int) -> Reading:
        norm = self._norm.median()
        each = norm / sqrt(self._weights)
        self._greatest = max(self._greatest, norm)
        fall = norm / self._greatest if self._greatest else 1.0
        evidence = f"The median norm of its gradient over {WINDOW} iterations is {number(norm)}"
        if each < LOST:
            evidence += f", {number(each)} a weight; optimisers make no full steps below {LOST:g}."
        else:
            evidence += f", once it was {number(self._greatest)}."
        return judge(
            iteration, ill=each < LOST or fall < FALL, well=each > 10 * LOST and fall > 10 * FALL,
            sentence="The generator's gradient has vanished.", evidence=evidence,
        )  # fmt: skip

    def _judge_minimax(self, iteration: int) -> Reading:
        signal = self._loss.median(magnitude=True)
        return judge(
            iteration, ill=signal < FAIR, well=signal > 5 * FAIR,
            sentence="The generator's gradient vanishes: the critic recognises nearly all of its samples.",
            evidence=f"The critic gives generated samples a probability of {number(100 * signal)} % of being "
            f"real (median over {WINDOW} iterations), and the saturating loss passes on just as little; in a "
            "fair game it is 50 %.",
        )  # fmt: skip

    def remedies(self) -> list[Remedy]:
        """A loss that does not saturate, or a critic that has a slope."""
        e = self.experiment
        found = []
        if e.objective.kind == "minimax":
            found += on_fork(e, {"objective.kind": "non-saturating"}, "Use the non-saturating loss")
        if e.lipschitz.kind == "weight-clipping":
            found += (
                live(e, "lipschitz.clip", 0.01, "Raise the clip bound to 0.01")
                if e.lipschitz.clip < 0.01
                else []
            )
            found += _penalty(e)
        if e.schedule.n_critic > 1:
            found += live(e, "schedule.n_critic", 1, "Take one critic step an iteration")
        found += on_fork(
            e,
            {"objective.kind": "wasserstein", "lipschitz.kind": "gradient-penalty", "critic.norm": "none"},
            "Use WGAN-GP",
        )
        return found


def _penalty(experiment: Experiment) -> list[Remedy]:
    values: dict[str, Value] = {"lipschitz.kind": "gradient-penalty", "lipschitz.weight": 10.0}
    return on_fork(experiment, values, "Use the gradient penalty")
