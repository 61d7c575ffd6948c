"""How figures are read: targets, places, fair levels, and why a total means nothing."""

import math
from typing import Any

import pytest
import torch

from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.experiment.reading import fair_levels, norms_place, target_norm, why_no_total
from ganstudio.objectives import OBJECTIVES
from ganstudio.objectives.label_smoothing import smoothed_real_term
from ganstudio.objectives.minimax import Minimax
from ganstudio.regularizers import PLACES


def made(**values: Any) -> Experiment:
    return with_values(Experiment(), {path.replace("__", "."): value for path, value in values.items()})


@pytest.mark.parametrize("kind", list(OBJECTIVES))
def test_every_objective_has_a_total_or_a_reason(kind: str) -> None:
    why = why_no_total(made(objective__kind=kind))
    assert (why == "") == ("total" in OBJECTIVES[kind].traits)
    if why:
        assert why.endswith(".")
        assert why.count(". ") == 0  # one sentence
    matched = made(objective__kind=kind, techniques__feature_matching=True)
    assert "feature matching" in why_no_total(matched)


@pytest.mark.parametrize("kind", OBJECTIVES.with_trait("total"))
def test_a_total_adds_losses_that_are_both_minimised_from_nought(kind: str) -> None:
    objective = OBJECTIVES[kind].load()
    for scale in (0.1, 1.0, 30.0):
        real, fake = scale * torch.randn(200), scale * torch.randn(200)
        assert objective.critic_loss(real=real, fake=fake) >= 0
        assert objective.generator_loss(fake=fake) >= 0


@pytest.mark.parametrize(
    ("values", "target", "place"),
    [
        ({}, 1.0, "interpolates"),
        ({"lipschitz__target": 0.5, "lipschitz__place": "dragan"}, 0.5, "dragan"),
        ({"lipschitz__kind": "r1"}, 0.0, "real"),
        ({"lipschitz__kind": "r2"}, 0.0, "fake"),
        ({"lipschitz__kind": "weight-clipping"}, None, "interpolates"),
        # What is not shown is not read:
        ({"lipschitz__kind": "r1", "lipschitz__place": "fake"}, 0.0, "real"),
        ({"lipschitz__kind": "weight-clipping", "lipschitz__place": "fake"}, None, "interpolates"),
    ],
)
def test_what_norms_are_pulled_towards_and_where(
    values: dict[str, Any], target: float | None, place: str
) -> None:
    experiment = made(objective__kind="hinge", **values)
    assert target_norm(experiment) == target
    assert norms_place(experiment) == place
    assert place in PLACES


def test_fair_levels_of_the_classic_objectives() -> None:
    plain = fair_levels(made(objective__kind="non-saturating"))
    assert plain["critic_loss"] == pytest.approx(2 * math.log(2), rel=1e-12)
    assert plain["generator_loss"] == pytest.approx(math.log(2), rel=1e-12)
    assert plain["total_loss"] == pytest.approx(3 * math.log(2), rel=1e-12)
    assert "total_loss" not in fair_levels(made(objective__kind="minimax"))
    assert fair_levels(made(objective__kind="least-squares")) == {
        "critic_loss": 0.25,
        "generator_loss": 0.125,
        "total_loss": 0.375,
    }
    assert fair_levels(made()) == {"wasserstein_estimate": 0.0}
    assert fair_levels(made(objective__kind="hinge")) == {}


@pytest.mark.parametrize("alpha", [0.6, 0.9, 1.0])
@pytest.mark.parametrize("kind", ["minimax", "non-saturating"])
def test_fair_levels_with_smoothed_labels_are_the_losses_at_the_best_critic(kind: str, alpha: float) -> None:
    levels = fair_levels(made(objective__kind=kind, objective__real_target=alpha))
    scores = torch.linspace(-6, 6, 100_001, dtype=torch.float64)  # the same for both: nobody can tell
    losses = torch.tensor(
        [
            smoothed_real_term(s, alpha) + Minimax.fake_term(s)
            for s in (scores[i : i + 1] for i in range(0, len(scores), 50))
        ]
    )
    best = scores[::50][losses.argmin()]
    assert levels["critic_loss"] == pytest.approx(losses.min().item(), abs=1e-5)
    generator = OBJECTIVES[kind].load().generator_loss(fake=best[None]).item()
    assert levels["generator_loss"] == pytest.approx(generator, abs=5e-3)
