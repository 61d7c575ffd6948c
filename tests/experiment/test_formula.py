"""The running formula: its terms' values make the loss, for every objective and Lipschitz control."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pytest

from ganstudio.engine.events import SCALARS, Event, Metrics
from ganstudio.experiment.formula import CRITIC, GENERATOR, POINTS, Network, formula, rich
from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ, PLACES
from tests.engine.helpers import BIGGAN, only, tiny, trainer

CONTROL: dict[str, dict[str, Any]] = {kind: {"lipschitz.kind": kind} for kind in LIPSCHITZ}
NETWORKS: tuple[Network, ...] = ("critic", "generator")
TECHNIQUES: dict[str, dict[str, Any]] = {
    "one-sided": {"lipschitz.side": "one-sided", "lipschitz.place": "dragan", "lipschitz.target": 2.0},
    "lazy": {"lipschitz.every": 2, "schedule.n_critic": 2},
    "smoothed": {
        "objective.kind": "non-saturating",
        "objective.real_target": 0.9,
        "lipschitz.kind": "none",
    },
    "history": {"techniques.historical_averaging": True},
    "matching": {"techniques.feature_matching": True},
    "biggan": BIGGAN,
}


def assert_terms_make_the_losses(values: dict[str, Any]) -> None:
    t = trainer(values)
    events: list[Event] = []
    while t.iteration < 2:  # without what is measured at the end of a run
        events += t.advance()
    metrics = only([*events, *t.observer.flush()], Metrics)[-1]
    scalars = {name: float(column[-1]) for name, column in metrics.values.items()}
    for network in NETWORKS:
        whole = formula(t.experiment, network)
        assert {term.scalar for term in whole.terms} <= set(SCALARS)
        parts = [term.sign * term.value(scalars) for term in whole.terms]
        assert not any(map(isnan, parts))
        # Of terms that nearly cancel, the sum is as exact as the largest of them.
        assert abs(sum(parts) - scalars[whole.loss]) <= 2e-6 * max(map(abs, parts))


@pytest.mark.parametrize("kind", OBJECTIVES)
@pytest.mark.parametrize("control", LIPSCHITZ)
def test_the_terms_make_the_losses(kind: str, control: str) -> None:
    values = {"objective.kind": kind, **CONTROL[control]}
    if (kind, control) == ("wasserstein", "none"):  # refused without any Lipschitz control
        values |= {"critic.spectral_norm": True}
    assert_terms_make_the_losses(values)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_techniques_are_terms_of_their_own(name: str) -> None:
    assert_terms_make_the_losses(TECHNIQUES[name])


def test_every_choice_has_its_words() -> None:
    assert set(CRITIC) == set(GENERATOR) == set(OBJECTIVES)
    assert set(POINTS) == set(PLACES)


@pytest.mark.parametrize(
    ("values", "critic", "generator"),
    [
        (
            {},
            "L_D = E[D(G(z))] - E[D(x)] + lambda E[(||grad D(x^)|| - 1)^2]",
            "L_G = -E[D(G(z))]",
        ),
        (
            {"lipschitz.kind": "weight-clipping"},
            "L_D = E[D(G(z))] - E[D(x)]",
            "L_G = -E[D(G(z))]",
        ),
        (
            {"objective.kind": "hinge", "lipschitz.side": "one-sided", "lipschitz.place": "real"},
            "L_D = E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))] + lambda E[max(0, ||grad D(x)|| - 1)^2]",
            "L_G = -E[D(G(z))]",
        ),
        (
            {"objective.kind": "non-saturating", "lipschitz.kind": "r1", "lipschitz.every": 16},
            "L_D = E[softplus(-D(x))] + E[softplus(D(G(z)))] + k gamma / 2 E[||grad D(x)||^2]",
            "L_G = E[softplus(-D(G(z)))]",
        ),
    ],
)
def test_formulas_read_as_in_the_papers(values: dict[str, Any], critic: str, generator: str) -> None:
    experiment = tiny(**values)
    assert formula(experiment, "critic").text == critic
    assert formula(experiment, "generator").text == generator


def test_letters_come_with_their_values() -> None:
    experiment = tiny(**TECHNIQUES["lazy"], **{"lipschitz.weight": 7.0})
    assert formula(experiment, "critic").constants == (("lambda", 7.0), ("k", 2.0))
    assert formula(tiny(**TECHNIQUES["smoothed"]), "critic").constants == (("alpha", 0.9),)


def test_a_penalty_that_was_not_due_has_no_value() -> None:
    (term,) = formula(tiny(), "critic").terms[2:]
    assert np.isnan(term.value({"critic_real_mean": 1.0}))


def test_rich_text_draws_the_signs() -> None:
    drawn = rich("L_D = lambda E[(||grad D(x^)|| - 1)^2]")
    assert drawn == (
        "L<sub>D</sub> = &lambda; E[(&#8214;&nabla;D(<b>x&#770;</b>)&#8214; &minus; 1)<sup>2</sup>]"
    )
