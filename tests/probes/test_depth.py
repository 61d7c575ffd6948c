"""Gradient norms through the depth of a critic and of a generator, against closed forms."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ganstudio.engine.build import build_critic
from ganstudio.probes import depth, generator_depth
from ganstudio.probes.layers import layers_of
from ganstudio.probes.names import packed, unpacked
from tests.engine.helpers import BIGGAN, DCGAN, RESNET, tiny, trainer
from tests.probes.scenes import Linear, batches, scene


class Chain(nn.Module):
    """Layers of one unit behind a first one with weights (0.6, 0.8), without bends."""

    def __init__(self, weights: list[float]) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 1, dtype=torch.float64))
        self.layers.extend([nn.Linear(1, 1, dtype=torch.float64) for _ in weights])
        with torch.no_grad():
            self.layers[0].weight.copy_(torch.tensor([[0.6, 0.8]]))
            for layer, weight in zip(self.layers[1:], weights, strict=True):
                layer.weight.fill_(weight)

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        scores: torch.Tensor = self.layers(x).squeeze(1)
        return scores


def test_norms_are_the_products_of_the_weights_that_follow() -> None:
    seen = depth.measure(scene(Chain([0.5, -3.0, 4.0]), *batches()))
    assert unpacked(seen["names"]) == ("input", "linear 1", "linear 2", "linear 3", "linear 4")
    np.testing.assert_allclose(seen["norms"], [6.0, 6.0, 12.0, 4.0, 1.0], rtol=1e-6)


def test_a_linear_critic_has_the_norm_of_its_weights_at_the_input() -> None:
    seen = depth.measure(scene(Linear([3.0, 4.0]), *batches()))
    np.testing.assert_allclose(seen["norms"], [5.0, 1.0], rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"critic.norm": "layer"}, ["linear 1", "linear 2", "linear 3", "linear 4"]),
        (DCGAN, ["convolution 1", "convolution 2"]),
        (RESNET, ["block 1", "attention 2", "block 3", "block 4", "linear 5", "linear 6"]),
    ],
    ids=["mlp", "dcgan", "resnet"],
)
def test_layers_are_counted_as_a_person_counts_them(values: dict[str, Any], names: list[str]) -> None:
    experiment = tiny(**values)
    shape = (2,) if experiment.data.source == "ring" else (1, 9, 9)
    classes = 10 if experiment.conditioning.kind == "class" else 0
    assert list(layers_of(build_critic(experiment, shape, classes))) == names


def test_names_survive_their_packing() -> None:
    assert unpacked(packed(["linear 1", "größer"])) == ("linear 1", "größer")
    assert unpacked(packed([])) == ()


def test_the_generators_norms_are_those_of_its_last_gradient() -> None:
    generator = Chain([0.5])
    first, second = generator.layers
    for weight, gradient in (
        (first.weight, [[3.0, 4.0]]),
        (first.bias, [12.0]),
        (second.weight, [[2.0]]),
        (second.bias, [0.0]),
    ):
        weight.grad = torch.tensor(gradient, dtype=torch.float64)
    seen = generator_depth.measure(scene(Linear([1.0, 1.0]), *batches(), generator=generator))
    assert unpacked(seen["names"]) == ("linear 1", "linear 2")
    np.testing.assert_allclose(seen["norms"], [13.0, 2.0], rtol=1e-6)


def test_nothing_is_seen_of_a_generator_that_took_no_step() -> None:
    assert not generator_depth.measure(scene(Linear([1.0, 1.0]), *batches(), generator=Chain([0.5])))


def test_the_generators_layers_and_its_whole_gradient_agree() -> None:
    t = trainer({**BIGGAN, "generator.spectral_norm": False})
    events = [event for _ in range(3) for event in t.advance()]
    events += list(t.observer.flush())
    (metrics,) = events
    whole = metrics.values["generator_gradient_norm"][-1]
    expected = np.sqrt(sum(float(p.grad.square().sum()) for p in t.players.generator.parameters()))
    assert whole == pytest.approx(expected, rel=1e-5)
