"""The way around the zeros: the library's numbers, and nothing sent back through the forward pass."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from engine.helpers import DCGAN, trainer
from torch import Tensor, nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from ganstudio.engine.step import critic_step, generator_step
from ganstudio.networks.residual import halve
from ganstudio.regularizers import second_derivatives
from ganstudio.regularizers.interpolates import gradients_at
from ganstudio.regularizers.second_derivatives import without_zeros

Map = Callable[[Tensor], Tensor]

RANDOM = torch.Generator().manual_seed(0)
IMAGES = torch.randn(2, 2, 5, 5, dtype=torch.float64, generator=RANDOM)

MAPS: dict[str, Map] = {
    "relu": functional.relu,
    "relu in place": nn.Sequential(nn.Softsign(), nn.ReLU(inplace=True)),
    "leaky relu": lambda x: functional.leaky_relu(x, 0.2),
    "mean pool": halve,
    "mean pool, given in full": lambda x: functional.avg_pool2d(
        x, (3, 2), (2, 1), 1, count_include_pad=False
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_one_layer_has_the_librarys_values_and_gradient(name: str) -> None:
    found = []
    for take in (MAPS[name], within(MAPS[name])):
        x = IMAGES.clone().requires_grad_()
        y = take(x)
        (gradient,) = torch.autograd.grad(y.square().sum(), x)
        found.append((y.detach(), gradient))
    assert all(torch.equal(ours, library) for ours, library in zip(*found, strict=True))


@pytest.mark.parametrize("name", [name for name in MAPS if name != "relu in place"])
def test_one_layer_has_the_right_second_derivatives(name: str) -> None:
    x = IMAGES[:1].clone().requires_grad_()
    assert torch.autograd.gradgradcheck(within(MAPS[name]), x)


def within(function: Map) -> Map:
    def taken(x: Tensor) -> Tensor:
        with without_zeros():
            return function(x)

    return taken


def bent() -> nn.Sequential:
    """A critic whose norms and tanh do have second derivatives, between layers that have none."""
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.GroupNorm(2, 6), nn.ReLU(), nn.AvgPool2d(2, ceil_mode=True),
        nn.Conv2d(6, 4, 3, padding=1, bias=False), nn.Tanh(), nn.Conv2d(4, 4, 3, groups=2), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.LayerNorm(4), nn.Linear(4, 1),
    ).double()  # fmt: skip


def test_a_penalty_has_the_same_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for enabled in (True, False):
        monkeypatch.setattr(second_derivatives, "enabled", enabled)
        critic = bent()
        slopes = gradients_at(critic, IMAGES, create_graph=True)
        (slopes.flatten(1).norm(dim=1) - 1).square().mean().backward()  # type: ignore[no-untyped-call]
        # A shift that no slope depends on has no gradient at all, or one of zeros.
        found.append([torch.zeros_like(p) if p.grad is None else p.grad for p in critic.parameters()])
    assert any(gradient.any() for gradient in found[0])
    for ours, library in zip(*found, strict=True):
        assert torch.allclose(ours, library, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("layer", [nn.ReLU(), nn.LeakyReLU(0.2), nn.AvgPool2d(2)])
def test_nothing_is_sent_back_through_the_forward_pass(
    layer: nn.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    gain, shift = torch.ones(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    for enabled in (True, False):
        monkeypatch.setattr(second_derivatives, "enabled", enabled)
        slopes = gradients_at(lambda x: layer.double()(gain * x + shift), IMAGES, create_graph=True)
        (reached,) = torch.autograd.grad(slopes.sum(), shift, allow_unused=True)
        assert (reached is None) == enabled


@pytest.mark.parametrize(
    "values",
    [{}, {"critic.norm": "layer"}, {"critic.spectral_norm": True}, DCGAN, {**DCGAN, "critic.kind": "resnet"}],
)
def test_trained_weights_stay_as_they_are(values: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for enabled in (True, False):
        monkeypatch.setattr(second_derivatives, "enabled", enabled)
        players = trainer(values).players
        for _ in range(3):
            critic_step(players)
            generator_step(players)
        found.append([p.detach() for p in (*players.generator.parameters(), *players.critic.parameters())])
    assert all(torch.equal(ours, library) for ours, library in zip(*found, strict=True))


def test_no_layer_works_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    critic = nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.LeakyReLU(0.2), nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Conv2d(4, 1, 3)
    ).double()
    counts = []
    for enabled in (True, False):
        monkeypatch.setattr(second_derivatives, "enabled", enabled)
        with Counter() as counter:
            gradients_at(critic, IMAGES, create_graph=True).square().sum().backward()
        counts.append(counter.convolutions_back)
    assert counts == [3, 5]  # the first gradient's, and the detour through the two in front of an activation


class Counter(TorchDispatchMode):
    """Counts the gradients of convolutions."""

    convolutions_back = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.convolutions_back += function is torch.ops.aten.convolution_backward.default
        return function(*args, **(kwargs or {}))
