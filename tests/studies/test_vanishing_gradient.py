"""The generator's gradient: closed forms with a critic of known slope, and a quick training."""

import math

import pytest
import torch
from torch import nn

from ganstudio.engine.trainer import Trainer
from ganstudio.studies import vanishing_gradient
from ganstudio.studies.critics import critic_trainer
from ganstudio.studies.vanishing_gradient import (
    LINES,
    QUICK,
    RING,
    Line,
    claims,
    experiment,
    follow,
    generator_gradient_norm,
    lines,
    theorem_bound,
)


class Slope(nn.Module):
    """D(x) = w (1/2 - x_1): right on both lines, the surer the greater w is."""

    def __init__(self, w: float) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(w, dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.w * (0.5 - x[:, 0])


def sloped(w: float) -> Trainer:
    trainer = critic_trainer(experiment(LINES, "minimax", 0, QUICK), lines(0), Line(), 1)
    trainer.players.critic = Slope(w)
    return trainer


@pytest.mark.parametrize("w", [0.1, 1.0, 10.0, 100.0, 700.0])
def test_gradients_before_a_critic_of_known_slope(w: float) -> None:
    trainer, latents = sloped(w), torch.zeros(8, 2)
    sure = 1 / (1 + math.exp(-w / 2))  # sigmoid(-D) on the generator's line
    wrong = math.exp(-w / 2) * sure
    assert generator_gradient_norm(trainer, "minimax", latents) == pytest.approx(w * wrong, rel=1e-12)
    assert generator_gradient_norm(trainer, "non-saturating", latents) == pytest.approx(w * sure, rel=1e-12)
    assert generator_gradient_norm(trainer, "wasserstein", latents) == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize("w", [10.0, 100.0])
def test_the_bound_of_the_theorem_in_closed_form(w: float) -> None:
    wrong = 1 / (1 + math.exp(w / 2))
    eps = wrong + w * wrong * (1 - wrong)  # the slope of sigmoid(D) on either line
    trainer = sloped(w)
    assert theorem_bound(trainer, torch.zeros(8, 2)) == pytest.approx(eps / (1 - eps), rel=1e-9)
    assert generator_gradient_norm(trainer, "minimax", torch.zeros(8, 2)) <= eps / (1 - eps)


def test_the_bound_says_nothing_of_a_critic_that_knows_nothing() -> None:
    assert theorem_bound(sloped(8.0), torch.zeros(8, 2)) < math.inf
    assert theorem_bound(sloped(2.0), torch.zeros(8, 2)) == pytest.approx(1.8, rel=0.5)
    assert theorem_bound(sloped(-8.0), torch.zeros(8, 2)) == math.inf


def test_minimax_vanishes_where_the_others_do_not() -> None:
    courses = [
        course
        for scene in (LINES, RING)
        for losses in (("minimax", "non-saturating"), ("wasserstein",))
        for course in follow(scene, losses, 0, QUICK, threads=1)
    ]
    by = {(c.scene, c.objective): c for c in courses}
    for scene in (LINES, RING):
        assert by[scene, "minimax"].fall > 1.5
        assert by[scene, "non-saturating"].fall < 0.5
    assert by[LINES, "wasserstein"].norms[-1] == pytest.approx(1, abs=0.3)
    assert all(claim.holds for claim in claims(courses, quick=True))


def test_the_generator_stays_as_it_is() -> None:
    trainer = critic_trainer(experiment(LINES, "minimax", 0, QUICK), lines(0), Line(), 1)
    generator = trainer.players.generator
    assert isinstance(generator, Line)
    list(trainer.advance())
    assert generator.theta.item() == vanishing_gradient.DISTANCE
    assert generator(torch.ones(3, 2)).tolist() == [[1.0, 1.0]] * 3
