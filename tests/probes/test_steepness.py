"""The gradient norm between generated and real samples, against closed forms."""

import numpy as np
import torch

from ganstudio.probes.steepness import PAIRS, measure
from tests.probes.scenes import ByClass, Linear, Quadratic, batches, scene


def test_a_linear_critic_is_as_steep_everywhere() -> None:
    profile = measure(scene(Linear([3.0, 4.0]), *batches()))
    np.testing.assert_allclose(profile["eps"], np.linspace(0, 1, 21), atol=1e-7)
    for name in ("mean", "low", "high"):
        assert profile[name].dtype == np.float32
        np.testing.assert_allclose(profile[name], np.full(21, 5.0), rtol=1e-7)


def test_a_quadratic_critic_is_as_steep_as_the_point_is_far_out() -> None:
    real, fake = torch.tensor([[3.0, 4.0]]).double(), torch.tensor([[0.0, 0.0]]).double()
    profile = measure(scene(Quadratic(2.0), real, fake))  # ||a x^|| = a 5 eps: 0 at generated, 10 at real
    np.testing.assert_allclose(profile["mean"], 10 * np.linspace(0, 1, 21), rtol=1e-6, atol=1e-7)


def test_quantiles_are_those_of_the_first_pairs() -> None:
    real, fake = batches(count=PAIRS + 20, shape=(1, 3, 3))
    profile = measure(scene(Quadratic(1.0), real, fake))
    eps = np.linspace(0, 1, 21)[:, None]
    ends = [side[:PAIRS].flatten(1).numpy() for side in (real, fake)]
    norms = np.linalg.norm(eps[..., None] * ends[0] + (1 - eps[..., None]) * ends[1], axis=2)
    np.testing.assert_allclose(profile["mean"], norms.mean(1), rtol=1e-6)
    np.testing.assert_allclose(profile["low"], np.quantile(norms, 0.1, axis=1), rtol=1e-6)
    np.testing.assert_allclose(profile["high"], np.quantile(norms, 0.9, axis=1), rtol=1e-6)


def test_every_pair_keeps_its_label() -> None:
    labels = torch.tensor([0, 2])
    real, fake = batches(count=2, shape=(4,))
    profile = measure(scene(ByClass(), real, fake, labels=labels))
    np.testing.assert_allclose(profile["mean"], np.full(21, (2 + 6) / 2), rtol=1e-7)
