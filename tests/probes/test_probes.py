"""Probes see what they say and change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ganstudio.engine.events import Measured
from ganstudio.probes import PROBES
from tests.engine.helpers import BIGGAN, CLIPPED, DCGAN, RESNET, assert_same_state, only, run, state, trainer

EVERY = {"probes.measure_every": 1, "probes.gradient_norms_every": 1}
NEVER = {"probes.measure_every": 1_000_000, "probes.gradient_norms_every": 1_000_000}


@pytest.mark.parametrize(
    "values",
    [{}, CLIPPED, DCGAN, {**DCGAN, "critic.norm": "layer"}, RESNET, BIGGAN],
    ids=["penalty", "clipping", "dcgan", "layer-norm", "resnet", "biggan"],
)
def test_weights_do_not_depend_on_probes(values: dict[str, Any]) -> None:
    looked_at, left_alone = trainer({**values, **EVERY}), trainer({**values, **NEVER})
    events = run(looked_at, 3)
    run(left_alone, 3)
    one, other = state(looked_at), state(left_alone)
    for snapshot in (one, other):
        del snapshot.numbers["experiment"]["probes"], snapshot.numbers["last"]  # type: ignore[attr-defined]
    assert_same_state(one, other)
    assert {event.probe for event in only(events, Measured)} <= set(PROBES)
    assert len(only(events, Measured)) >= 3


def test_places_are_measured_at_the_batch_of_the_step() -> None:
    t = trainer({"probes.measure_every": 2, "schedule.batch_size": 16})
    measured = [event for event in only(run(t, 5), Measured) if event.probe == "places"]
    assert [event.iteration for event in measured] == [2, 4, 5]  # and once more at the end
    for event in measured:
        assert {name: norms.shape for name, norms in event.arrays.items()} == {
            "interpolates": (16,),
            "real": (16,),
            "fake": (16,),
        }
        assert all(np.isfinite(norms).all() and (norms >= 0).all() for norms in event.arrays.values())
