import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ganstudio.objectives import OBJECTIVES
from ganstudio.objectives.hinge import Hinge
from ganstudio.objectives.least_squares import LeastSquares
from ganstudio.objectives.minimax import Minimax
from ganstudio.objectives.non_saturating import NonSaturating
from ganstudio.objectives.wasserstein import Wasserstein

scores = st.lists(st.floats(-30, 30), min_size=1, max_size=8).map(
    lambda v: torch.tensor(v, dtype=torch.float64)
)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@given(real=scores, fake=scores)
def test_classic_losses_are_the_papers_logarithms(real: Tensor, fake: Tensor) -> None:
    # With log(1 - sigmoid(x)) = log sigmoid(-x), exact in float64 for these scores.
    critic = -sum(math.log(sigmoid(r)) for r in real.tolist()) / len(real)
    critic -= sum(math.log(sigmoid(-f)) for f in fake.tolist()) / len(fake)
    assert Minimax.critic_loss(real=real, fake=fake).item() == pytest.approx(critic, rel=1e-12)
    assert NonSaturating.critic_loss(real=real, fake=fake).item() == pytest.approx(critic, rel=1e-12)
    saturating = sum(math.log(sigmoid(-f)) for f in fake.tolist()) / len(fake)
    assert Minimax.generator_loss(fake=fake).item() == pytest.approx(saturating, rel=1e-12)
    better = -sum(math.log(sigmoid(f)) for f in fake.tolist()) / len(fake)
    assert NonSaturating.generator_loss(fake=fake).item() == pytest.approx(better, rel=1e-12)


def test_reference_levels_at_the_classic_optimum() -> None:
    undecided = torch.zeros(5, dtype=torch.float64)  # D = 1/2 everywhere
    assert Minimax.critic_loss(real=undecided, fake=undecided).item() == pytest.approx(
        2 * math.log(2), rel=1e-15
    )
    assert NonSaturating.generator_loss(fake=undecided).item() == pytest.approx(math.log(2), rel=1e-15)


def test_scores_of_a_sure_critic_stay_finite() -> None:
    sure = torch.tensor([1e4], dtype=torch.float32)
    assert Minimax.critic_loss(real=-sure, fake=sure).item() == pytest.approx(2e4)
    assert NonSaturating.generator_loss(fake=-sure).item() == pytest.approx(1e4)


def test_saturating_gradient_vanishes_where_the_other_does_not() -> None:
    for loss, expected in (
        (Minimax.generator_loss, -sigmoid(-20)),
        (NonSaturating.generator_loss, -sigmoid(20)),
    ):
        score = torch.tensor([-20.0], dtype=torch.float64, requires_grad=True)
        (gradient,) = torch.autograd.grad(loss(fake=score), score)
        assert gradient.item() == pytest.approx(expected, rel=1e-9)


@given(real=scores, fake=scores)
def test_wasserstein_is_the_difference_of_means(real: Tensor, fake: Tensor) -> None:
    mean = lambda v: math.fsum(v.tolist()) / len(v)  # noqa: E731
    loss = Wasserstein.critic_loss(real=real, fake=fake).item()
    assert loss == pytest.approx(mean(fake) - mean(real), rel=1e-12, abs=1e-12)
    assert Wasserstein.generator_loss(fake=fake).item() == pytest.approx(-mean(fake), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", list(OBJECTIVES))
def test_every_objective_states_its_formula_and_source(name: str) -> None:
    choice = OBJECTIVES[name]
    assert choice.formula
    assert choice.source
    real, fake = torch.randn(4), torch.randn(4)
    assert choice.load().critic_loss(real=real, fake=fake).shape == ()
    assert choice.load().generator_loss(fake=fake).shape == ()


@given(real=scores, fake=scores)
def test_hinge_in_closed_form(real: Tensor, fake: Tensor) -> None:
    critic = sum(max(0.0, 1 - r) for r in real.tolist()) / len(real)
    critic += sum(max(0.0, 1 + f) for f in fake.tolist()) / len(fake)
    assert Hinge.critic_loss(real=real, fake=fake).item() == pytest.approx(critic, rel=1e-12)
    assert Hinge.generator_loss(fake=fake).item() == pytest.approx(-fake.mean().item(), rel=1e-12)


def test_hinge_critic_leaves_samples_beyond_the_margin_alone() -> None:
    score = torch.tensor([1.5, 0.5], dtype=torch.float64, requires_grad=True)
    loss = Hinge.critic_loss(real=score, fake=torch.tensor([-2.0], dtype=torch.float64))
    (gradient,) = torch.autograd.grad(loss, score)
    assert gradient.tolist() == [0.0, -0.5]


@given(real=scores, fake=scores)
def test_least_squares_in_closed_form(real: Tensor, fake: Tensor) -> None:
    critic = sum((r - 1) ** 2 for r in real.tolist()) / len(real) / 2
    critic += sum(f**2 for f in fake.tolist()) / len(fake) / 2
    generator = sum((f - 1) ** 2 for f in fake.tolist()) / len(fake) / 2
    assert LeastSquares.critic_loss(real=real, fake=fake).item() == pytest.approx(critic, rel=1e-12)
    assert LeastSquares.generator_loss(fake=fake).item() == pytest.approx(generator, rel=1e-12)
