"""Probes see what they say and change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from ganstudio.engine.events import STAGES, GradientNorms, Measured, Metrics, StageReached
from ganstudio.probes import PROBES
from tests.engine.helpers import CLIPPED, DCGAN, VARIANTS, assert_same_state, only, run, state, trainer

EVERY = {"probes.measure_every": 1, "probes.gradient_norms_every": 1, "data.held_out": 0.2}
NEVER = {"probes.measure_every": 1_000_000, "probes.gradient_norms_every": 1_000_000, "data.held_out": 0.2}


@pytest.mark.parametrize("values", [*VARIANTS, {**DCGAN, "critic.norm": "layer"}])
def test_weights_do_not_depend_on_looking(values: dict[str, Any]) -> None:
    looked_at, left_alone = trainer({**values, **EVERY}), trainer({**values, **NEVER})
    looked_at.control.slow(0)
    events = run(looked_at, 2)
    run(left_alone, 2)
    one, other = state(looked_at), state(left_alone)
    for snapshot in (one, other):
        del snapshot.numbers["experiment"]["probes"], snapshot.numbers["last"]  # type: ignore[attr-defined]
    assert_same_state(one, other)
    assert {event.probe for event in only(events, Measured)} <= set(PROBES)
    assert {"places", "eps", "depth", "weights", "generator-depth"} <= {
        event.probe for event in only(events, Measured)
    }
    assert {event.stage for event in only(events, StageReached)} <= set(STAGES)
    for name in ("negative_critic_loss_training", "negative_critic_loss_held_out"):
        assert np.isfinite(np.concatenate([m.values[name] for m in only(events, Metrics)])).all()


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


@pytest.mark.parametrize("values", [{}, CLIPPED, DCGAN], ids=["penalty", "clipping", "images"])
def test_norms_come_with_their_points(values: dict[str, Any]) -> None:
    # With a learning rate of next to nothing the critic that was penalised is still the critic afterwards.
    still = {"critic_optimizer.learning_rate": 1e-30, "generator_optimizer.learning_rate": 1e-30}
    t = trainer({**values, **still, "probes.gradient_norms_every": 1, "schedule.batch_size": 16})
    t.players.critic.eval()
    event = only(run(t, 1), GradientNorms)[0]
    assert event.points is not None
    assert event.points.shape == (16, *t.dataset.sample_shape)
    points = torch.from_numpy(event.points).requires_grad_()
    (gradients,) = torch.autograd.grad(t.players.critic(points).sum(), points)
    np.testing.assert_allclose(event.norms, gradients.flatten(1).norm(dim=1), rtol=1e-4, atol=1e-6)


def test_of_a_large_batch_the_first_points_are_shown() -> None:
    t = trainer({"probes.gradient_norms_every": 1, "schedule.batch_size": 300})
    event = only(run(t, 1), GradientNorms)[0]
    assert event.points is not None
    assert (len(event.norms), len(event.points)) == (300, 256)
