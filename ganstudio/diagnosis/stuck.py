"""Weights that lie at the bounds of the clipping."""

from __future__ import annotations

import numpy as np

from ganstudio.diagnosis.detector import Detector, Reading, judge, live, on_fork
from ganstudio.diagnosis.findings import Remedy
from ganstudio.engine.events import Event, Measured
from ganstudio.experiment.describe import Value

STUCK, FREE = 0.8, 0.7  # share of all weights


class StuckWeights(Detector):
    """80 in 100 of all weights at the bounds, in two measurements in a row; resolved below 70.

    Clipping piles weights up at its bounds, which the paper calls a failure by itself; critics that still
    learn were seen to keep half of their weights in between.
    """

    patience = 2
    meaning = (
        "A critic whose weights are all at +c or -c can only form very simple functions, and its gradients "
        "vanish or explode with c through its depth. Clipping is a crude way to bound its slope."
    )

    def applies(self) -> bool:
        """Whether weights are clipped."""
        return self.experiment.lipschitz.kind == "weight-clipping"

    def read(self, event: Event) -> Reading | None:
        """Look at the share of stuck weights."""
        if not isinstance(event, Measured) or event.probe != "weights" or "stuck" not in event.arrays:
            return None
        shares = np.asarray(event.arrays["stuck"], np.float64)
        if not np.isfinite(shares).all():
            return None
        share = float(np.average(shares, weights=np.sum(event.arrays["counts"], axis=1)))
        c = self.experiment.lipschitz.clip
        return judge(
            event.iteration, ill=share > STUCK, well=share < FREE,
            sentence="Nearly all of the critic's weights are stuck at the clip bounds.",
            evidence=f"{100 * share:.0f} % of all weights lie at -{c:g} or {c:g}.",
        )  # fmt: skip

    def remedies(self) -> list[Remedy]:
        """The penalty instead, or a wider clip."""
        e = self.experiment
        values: dict[str, Value] = {"lipschitz.kind": "gradient-penalty", "lipschitz.weight": 10.0}
        wider = 0.01 if e.lipschitz.clip < 0.01 else 2 * e.lipschitz.clip
        found = live(e, "lipschitz.clip", wider, f"Raise the clip bound to {wider:g}")
        return found + on_fork(e, values, "Use the gradient penalty")
