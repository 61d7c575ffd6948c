"""The moving average of the generator: weights blended, buffers copied, samples drawn from it."""

import copy

import numpy as np
import pytest
import torch
from engine.helpers import CLASSIC, DCGAN, only, run, trainer
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ganstudio.engine.ema import MovingAverage
from ganstudio.engine.events import Samples
from ganstudio.engine.sampling import sample
from ganstudio.engine.step import critic_step, generator_step
from ganstudio.probes.samples import draw_samples

EMA = {"ema.decay": 0.9}


@given(st.floats(0.01, 0.999), st.lists(st.floats(-5, 5), min_size=1, max_size=8))
@settings(deadline=None)
def test_the_average_in_closed_form(decay: float, past: list[float]) -> None:
    network = nn.Linear(2, 2).double()
    nn.init.zeros_(network.weight)
    average = MovingAverage(network)
    for value in past:
        nn.init.constant_(network.weight, value)
        average.update(network, decay)
    steps = len(past)
    expected = sum((1 - decay) * decay ** (steps - 1 - i) * value for i, value in enumerate(past))
    torch.testing.assert_close(
        average.network.weight, torch.full((2, 2), expected, dtype=torch.float64), rtol=1e-9, atol=1e-9
    )
    assert not average.network.weight.requires_grad


def test_buffers_are_copied() -> None:
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    average = MovingAverage(network)
    for _ in range(3):
        network(torch.randn(8, 2) + 5)
        average.update(network, 0.9)
    for ours, theirs in zip(average.network.buffers(), network.buffers(), strict=True):
        assert torch.equal(ours, theirs)
        assert ours.data_ptr() != theirs.data_ptr()
    assert int(average.network[1].num_batches_tracked) == 3


def test_the_average_follows_each_generator_step_and_touches_nothing() -> None:
    players, plain = trainer({**DCGAN, **EMA}).players, trainer(DCGAN).players
    assert players.average is not None
    expected = copy.deepcopy(players.generator)
    for _ in range(3):
        for one in (players, plain):
            critic_step(one)
            generator_step(one)
        with torch.no_grad():
            for e, p in zip(expected.parameters(), players.generator.parameters(), strict=True):
                e.copy_(0.9 * e + 0.1 * p)
    for ours, wanted in zip(players.average.network.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-7)
    for ours, wanted in zip(players.generator.parameters(), plain.generator.parameters(), strict=True):
        assert torch.equal(ours, wanted)


@pytest.mark.parametrize("values", [{}, {**DCGAN, **CLASSIC}])
def test_samples_are_drawn_from_the_average(values: dict[str, object]) -> None:
    t = trainer({**values, **EMA})
    shown = only(run(t, 6), Samples)[-1].generated
    assert t.players.average is not None
    of_average = draw_samples(t.players.average.network, t.observer.fixed_latents).numpy()
    of_generator = draw_samples(t.players.generator, t.observer.fixed_latents).numpy()
    assert np.array_equal(shown, of_average)
    assert not np.allclose(shown, of_generator, rtol=1e-3, atol=1e-3)
    snapshot = t.snapshot()
    drawn = sample(snapshot, count=5, seed=3)
    assert drawn.shape == (5, *t.dataset.sample_shape)
    plain = {name: file for name, file in snapshot.tensors.items() if name != "generator_ema"}
    without = sample(type(snapshot)(snapshot.iteration, plain, snapshot.numbers), count=5, seed=3)
    assert not np.array_equal(drawn, without)
