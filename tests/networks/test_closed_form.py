"""The closed form of a plain MLP is the library's own way, to the last bit."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from ganstudio.engine.build import build_critic
from ganstudio.engine.trainer import Trainer
from ganstudio.networks import closed_form as module
from ganstudio.networks.closed_form import ClosedForm, closed_form
from ganstudio.regularizers.interpolates import gradients_at
from tests.engine.helpers import CLASSIC, CONDITIONAL, assert_same_state, run, state, tiny, trainer

PLAIN: list[dict[str, Any]] = [
    {},
    {"critic.activation": "relu"},
    {"critic.depth": 1},
    {"lipschitz.side": "one-sided", "lipschitz.every": 2},
    {**CLASSIC, "lipschitz.kind": "r1"},
    {"data.source": "digits", "data.limit": 64, "probes.sample_count": 4},
]


def _critic(depth: int, slope: float, inputs: int, width: int) -> tuple[nn.Sequential, nn.Linear]:
    torch.manual_seed(depth)
    layers: list[nn.Module] = []
    for i in range(depth):
        layers += [nn.Linear(width if i else inputs, width), nn.LeakyReLU(slope) if slope else nn.ReLU()]
    return nn.Sequential(*layers).double(), nn.Linear(width, 1).double()


@given(
    depth=st.integers(1, 4),
    slope=st.sampled_from([0.0, 0.2]),
    inputs=st.sampled_from([1, 2, 15, 16, 40]),
    width=st.integers(1, 20),
    count=st.integers(1, 9),
)
def test_scores_and_every_gradient_are_those_of_the_layers(
    depth: int, slope: float, inputs: int, width: int, count: int
) -> None:
    hidden, output = _critic(depth, slope, inputs, width)
    form = closed_form(hidden, output)
    assert form is not None
    weights = [*hidden.parameters(), *output.parameters()]
    random = torch.Generator().manual_seed(count)
    x, points = (torch.randn(count, inputs, generator=random, dtype=torch.float64) for _ in range(2))
    pull = torch.randn(count, generator=random, dtype=torch.float64)

    def plain(x: Tensor) -> Tensor:
        scores: Tensor = output(hidden(x)).squeeze(1)
        return scores

    def everything(critic: Any) -> list[Tensor | None]:
        x_ = x.clone().requires_grad_()
        scores = critic(x_)
        slopes = gradients_at(critic, points, create_graph=True)
        penalty = (slopes.square().sum(1) - 1).square().sum()
        return [
            scores.detach(),
            slopes.detach(),
            *torch.autograd.grad((scores * pull).sum(), [x_, *weights]),
            *torch.autograd.grad(penalty, weights, allow_unused=True),
        ]

    for ours, theirs in zip(everything(form), everything(plain), strict=True):
        if theirs is None:  # a bias
            assert ours is None
        else:
            assert ours is not None
            torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("values", PLAIN)
def test_training_is_the_same_to_the_last_bit(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = trainer(values)
    assert isinstance(ours.players.critic_of(None), ClosedForm)
    monkeypatch.setattr(module, "enabled", False)
    theirs = trainer(values)
    assert not isinstance(theirs.players.critic_of(None), ClosedForm)
    run(ours, 4)
    run(theirs, 4)
    assert_same_state(state(ours), state(theirs))


@pytest.mark.parametrize(
    "values",
    [
        {"critic.activation": "tanh"},
        {"critic.norm": "layer"},
        {"critic.spectral_norm": True},
        CONDITIONAL,
        {"precision.kind": "bfloat16"},
        {**CLASSIC, "critic.minibatch_deviation": True},
        {**CLASSIC, "critic.minibatch_discrimination": True},
    ],
)
def test_critics_with_more_in_them_are_asked_as_they_are(values: dict[str, Any]) -> None:
    assert not isinstance(trainer(values).players.critic_of(None), ClosedForm)


def test_a_state_that_goes_on_uses_the_restored_weights() -> None:
    through = trainer()
    run(through, 4)
    first = trainer()
    run(first, 2)
    second = Trainer(first.experiment, device="cpu", snapshot=state(first))
    run(second, 2)
    assert_same_state(state(second), state(through))
    x = torch.randn(5, 2)
    assert torch.equal(second.players.score(x, None), second.players.critic(x))


def test_generators_learn_through_it_and_the_critics_weights_are_left_alone() -> None:
    critic: Any = build_critic(tiny(), (2,)).requires_grad_(requires_grad=False)
    form = critic.in_closed_form()
    x = torch.randn(6, 2, requires_grad=True)
    (ours,) = torch.autograd.grad(form(x).sum(), x)
    (theirs,) = torch.autograd.grad(critic(x).sum(), x)
    assert torch.equal(ours, theirs)
    assert all(weight.grad is None for weight in critic.parameters())
