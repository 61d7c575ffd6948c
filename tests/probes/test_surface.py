"""The critic over the plane, of critics whose values and gradients are known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganstudio.engine.events import Evaluated, Measured
from ganstudio.objectives import OBJECTIVES
from ganstudio.probes.scene import Scene
from ganstudio.probes.surface import SIDE, measure
from tests.engine.helpers import only, run, trainer


class Bowl(nn.Module):
    """D(x) = (|x|^2 / 2) + 7; its gradient is x."""

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        return x.square().sum(1) / 2 + 7


class Twice(nn.Module):
    """G(z) = 2 z."""

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        return 2 * z


def scene(loss: Callable[[Tensor], Tensor], **changes: Any) -> Scene:
    random = torch.Generator().manual_seed(0)
    critic = Bowl()
    known = Scene(
        generator=Twice(),
        critic=critic,
        objective=OBJECTIVES["wasserstein"].load(),
        real=torch.randn(300, 2, generator=random),
        fake=torch.zeros(300, 2),
        labels=None,
        draw_latents=lambda count: torch.randn(count, 2, generator=torch.Generator().manual_seed(1)),
        draw_real=lambda count: torch.zeros(count, 2),
        modes=None,
        clip=None,
        generator_loss=lambda fake, labels: loss(critic(fake, labels)),
        uniform_latents=False,
        bounds=(-2.0, 2.0, -1.0, 3.0),
        random=random,
    )
    return replace(known, **changes)


def test_values_and_gradients_are_those_of_the_critic() -> None:
    seen = measure(scene(lambda scores: -scores.mean()))
    x, y = np.meshgrid(np.linspace(-2, 2, SIDE), np.linspace(-1, 3, SIDE))
    values = seen["values"].astype(float) + seen["level"]
    np.testing.assert_allclose(values, (x**2 + y**2) / 2 + 7, atol=0.005)
    np.testing.assert_allclose(seen["field"], np.stack([x, y], axis=-1), atol=0.002)
    assert seen["slope"] >= np.hypot(2, 3) - 1e-5
    scores = lambda points: (points.astype(float) ** 2).sum(1).mean() / 2  # noqa: E731
    assert seen["estimate"] == pytest.approx(scores(seen["real"]) - scores(seen["fake"]), abs=0.01)


@pytest.mark.parametrize("kind", list(OBJECTIVES))
def test_arrows_are_where_the_true_loss_moves_each_point(kind: str) -> None:
    """-N dL/dx_i: for the classic loss that is sigma(-D) grad D, which vanishes where D is sure."""
    objective = OBJECTIVES[kind].load()
    seen = measure(scene(lambda scores: objective.generator_loss(fake=scores)))
    fake = seen["fake"].astype(float)
    score = (fake**2).sum(1) / 2 + 7
    factor = {
        "wasserstein": 1.0,
        "hinge": 1.0,
        "non-saturating": 1 / (1 + np.exp(score)),
        "minimax": 1 / (1 + np.exp(-score)),
        "least-squares": 1 - score,
    }[kind]
    expected = np.broadcast_to(factor, score.shape)[:, None] * fake
    np.testing.assert_allclose(seen["arrows"], expected, rtol=0.02, atol=2e-3)


def test_the_latent_grid_has_equally_likely_lines() -> None:
    normal = measure(scene(lambda scores: scores.mean()))["latent"].astype(float) / 2
    drawn = np.random.default_rng(0).standard_normal(200_000)
    shares = np.histogram(drawn, bins=normal[0, :, 0])[0] / len(drawn)
    np.testing.assert_allclose(shares, shares.mean(), atol=0.004)
    uniform = measure(scene(lambda scores: scores.mean(), uniform_latents=True))["latent"].astype(float) / 2
    np.testing.assert_allclose(np.diff(uniform[0, :, 0]), 0.12, atol=0.002)
    assert (normal[:, 0, 0] == normal[0, 0, 0]).all()
    assert (normal[0, :, 1] == normal[0, 0, 1]).all()


def test_of_classes_one_is_shown() -> None:
    seen = measure(scene(lambda scores: scores.mean(), labels=torch.arange(300) % 3))
    assert seen["label"] == 0
    assert len(seen["real"]) == 100


def test_a_critic_without_bounds_fits_into_half_precision() -> None:
    class Steep(nn.Module):
        def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
            return 1e6 * x[:, 0]

    seen = measure(scene(lambda scores: scores.mean(), critic=Steep()))
    assert np.isfinite(seen["values"]).all()


RING = {"data.source": "ring", "latent.dimension": 2, "data.points": 2000}


EVERY_OTHER = {"probes.measure_every": 2, "probes.evaluate_every": 2}


@pytest.mark.parametrize("values", [{}, {"techniques.feature_matching": True}], ids=["plain", "features"])
def test_training_measures_a_fixed_piece_of_the_plane(values: dict[str, Any]) -> None:
    t = trainer({**RING, **values, **EVERY_OTHER, "schedule.batch_size": 16})
    events = run(t, 4)
    seen = [event for event in only(events, Measured) if event.probe == "surface"]
    assert [event.iteration for event in seen] == [2, 4, 4]
    np.testing.assert_array_equal(seen[0].arrays["bounds"], seen[1].arrays["bounds"])
    left, right, bottom, top = seen[0].arrays["bounds"]
    assert right - left == pytest.approx(top - bottom)
    assert left < -1.1
    assert right > 1.1
    assert np.abs(seen[0].arrays["arrows"]).max() > 0
    assert sum(array.nbytes for array in seen[0].arrays.values()) < 20_000
    figures = only(events, Evaluated)
    assert [event.iteration for event in figures] == [2, 4]  # the end is not judged twice
    assert figures[0].figures["w1"] > 0
    assert figures[0].facts["modes"] == 8
