"""One-sided label smoothing mixes the two targets of real samples; it does not scale the loss."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from ganstudio.objectives.label_smoothing import smoothed_real_term
from ganstudio.objectives.minimax import Minimax

scores = st.lists(st.floats(-30, 30), min_size=1, max_size=8).map(
    lambda v: torch.tensor(v, dtype=torch.float64)
)


def smoothed_critic_loss(*, real: Tensor, fake: Tensor, real_target: float) -> Tensor:
    return smoothed_real_term(real, real_target) + Minimax.fake_term(fake)


@given(real=scores, fake=scores, alpha=st.floats(0.5, 1))
@settings(deadline=None)
def test_real_samples_mix_both_targets(real: Tensor, fake: Tensor, alpha: float) -> None:
    ones, zeros = torch.ones_like(real), torch.zeros_like(real)
    expected = alpha * bce(real, ones) + (1 - alpha) * bce(real, zeros) + bce(fake, torch.zeros_like(fake))
    loss = smoothed_critic_loss(real=real, fake=fake, real_target=alpha)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-10, abs=1e-10)


@given(real=scores, fake=scores)
@settings(deadline=None)
def test_target_one_is_the_plain_loss(real: Tensor, fake: Tensor) -> None:
    smoothed = smoothed_critic_loss(real=real, fake=fake, real_target=1.0)
    assert smoothed.item() == pytest.approx(Minimax.critic_loss(real=real, fake=fake).item(), rel=1e-12)


@given(alpha=st.floats(0.55, 0.99))
@settings(deadline=None)
def test_real_samples_rest_where_the_critic_says_alpha(alpha: float) -> None:
    # A loss that is only scaled never rests: it pushes real scores up for ever.
    rest = torch.tensor([math.log(alpha / (1 - alpha))], dtype=torch.float64, requires_grad=True)
    loss = smoothed_critic_loss(real=rest, fake=torch.zeros(1, dtype=torch.float64), real_target=alpha)
    (gradient,) = torch.autograd.grad(loss, rest)
    assert gradient.item() == pytest.approx(0, abs=1e-12)
    for beyond, sign in ((rest.item() + 1, 1), (rest.item() - 1, -1)):
        score = torch.tensor([beyond], dtype=torch.float64, requires_grad=True)
        loss = smoothed_critic_loss(real=score, fake=torch.zeros(1, dtype=torch.float64), real_target=alpha)
        (gradient,) = torch.autograd.grad(loss, score)
        assert math.copysign(1, gradient.item()) == sign


def test_a_sure_critic_keeps_finite_losses() -> None:
    sure = torch.tensor([1e4])
    assert smoothed_critic_loss(real=sure, fake=-sure, real_target=0.9).item() == pytest.approx(1e3)
