"""R1 and R2: half of gamma times the mean squared gradient norm, without a root."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from ganstudio.regularizers.gradient_penalty import GradientPenalty
from ganstudio.regularizers.zero_centred import ZeroCentredPenalty

F64 = torch.float64


@dataclass(frozen=True)
class Told:
    weight: float = 10.0
    target: float = 1.0
    side: str = "two-sided"


def batch(shape: tuple[int, ...], seed: int, count: int = 6) -> Tensor:
    return torch.randn(count, *shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


@given(gamma=st.floats(0, 100), scale=st.floats(0.01, 20))
@settings(deadline=None)
def test_penalty_of_a_linear_critic_in_closed_form(gamma: float, scale: float) -> None:
    w = nn.functional.normalize(batch((3, 4, 4), 1, 1)[0].flatten(), dim=0).view(3, 4, 4) * scale
    penalty, norms = ZeroCentredPenalty.at(
        lambda x: (x * w).flatten(1).sum(1), batch((3, 4, 4), 2), Told(weight=gamma)
    )
    assert penalty.item() == pytest.approx(gamma / 2 * scale**2, rel=1e-12)
    torch.testing.assert_close(norms, torch.full((6,), scale, dtype=F64), rtol=1e-12, atol=0)


def test_quadratic_critic_is_priced_by_its_points() -> None:
    points = batch((2, 3, 3), 3)
    penalty, _ = ZeroCentredPenalty.at(
        lambda x: 0.7 * x.flatten(1).square().sum(1) / 2, points, Told(weight=4.0)
    )
    expected = 2 * (0.7 * points.flatten(1)).square().sum(1).mean()
    assert penalty.item() == pytest.approx(expected.item(), rel=1e-12)


def test_parameter_gradient_by_hand() -> None:
    # D(x) = <w, x>: the penalty is gamma / 2 ||w||^2 and its gradient gamma w.
    critic = nn.Linear(5, 1).double()
    penalty, _ = ZeroCentredPenalty.at(lambda x: critic(x).squeeze(1), batch((5,), 4), Told(weight=3.0))
    penalty.backward()
    torch.testing.assert_close(critic.weight.grad, 3 * critic.weight.detach(), rtol=1e-12, atol=0)


def test_a_flat_critic_costs_nothing_and_gives_no_nan() -> None:
    critic = nn.Linear(4, 1).double()
    nn.init.zeros_(critic.weight)
    penalty, norms = ZeroCentredPenalty.at(lambda x: critic(x).squeeze(1), batch((4,), 5), Told())
    penalty.backward()
    assert penalty.item() == 0
    assert torch.equal(critic.weight.grad, torch.zeros(1, 4, dtype=F64))
    assert torch.equal(norms, torch.zeros(6, dtype=F64))


def test_the_gradient_penalty_at_points_is_lambda_times_its_price() -> None:
    w = batch((4,), 6, 1)[0]
    for side, below in (("two-sided", 1.0), ("one-sided", 0.0)):
        told = Told(weight=7.0, target=w.norm().item() + 1, side=side)
        penalty, norms = GradientPenalty.at(lambda x: x @ w, batch((4,), 7), told)
        assert penalty.item() == pytest.approx(7.0 * below, rel=1e-9, abs=1e-12)
        torch.testing.assert_close(norms.detach(), w.norm().expand(6), rtol=1e-12, atol=0)
