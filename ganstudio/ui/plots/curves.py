"""Which scalars are drawn as curves, in which colours, and which levels they are compared with."""

from __future__ import annotations

from collections.abc import Container
from math import log
from typing import NamedTuple

from ganstudio.experiment.model import Experiment
from ganstudio.objectives import OBJECTIVES
from ganstudio.ui.plots.chart import Level
from ganstudio.ui.theme import Colours


class Curve(NamedTuple):
    """How one scalar is shown."""

    title: str
    colour: str  # a field of Colours
    help: str


LOSSES = {
    "wasserstein_estimate": Curve(
        "Wasserstein estimate",
        "wasserstein",
        "E[D(x)] - E[D(G(z))] without the penalty: how far generated samples are from the data, as the "
        "critic sees it. Falling towards 0 is better.",
    ),
    "critic_loss": Curve("Critic", "critic", "What the critic minimises, penalty included."),
    "generator_loss": Curve("Generator", "generator", "What the generator minimises."),
    "total_loss": Curve("Total", "total", "Critic's loss plus generator's loss."),
}
SLOPES = {
    "gradient_penalty": Curve(
        "Penalty",
        "penalty",
        "Lambda times the mean squared distance of the gradient norms from their target.",
    ),
    "gradient_norm_mean": Curve(
        "Mean gradient norm",
        "foreground",
        "Mean of ||grad D|| at points between real and generated samples.",
    ),
}
CURVES = LOSSES | SLOPES

# Trait of an objective without a total -> in a few words and in full, why.
NO_TOTAL = {
    "wasserstein": (
        "No total loss here: read the Wasserstein estimate.",
        "Both losses are made of the same scores with opposite signs, so their sum says nothing.",
    ),
    "classic": (
        "No total loss here: saturating losses oppose each other.",
        "The critic minimises what the generator maximises, so their sum says nothing about the generator.",
    ),
}


def why_no_total(experiment: Experiment | None) -> tuple[str, str]:
    """Say why the objective has no total loss, in a few words and in full; empty where it has one."""
    traits = _traits(experiment)
    found = [words for trait, words in NO_TOTAL.items() if trait in traits and "total" not in traits]
    return found[0] if found else ("", "")


def loss_levels(experiment: Experiment | None, shown: Container[str], colours: Colours) -> list[Level]:
    """Return the reference levels of the losses that are shown: what a fair game would give."""
    traits = _traits(experiment)
    found: list[Level] = []
    if "classic" in traits and "critic_loss" in shown:
        found.append((2 * log(2), "2 ln 2", colours.critic))
    if {"classic", "total"} <= traits and "generator_loss" in shown:
        found.append((log(2), "ln 2", colours.generator))
    if "wasserstein" in traits and "wasserstein_estimate" in shown:
        found.append((0.0, "", colours.wasserstein))
    return found


def _traits(experiment: Experiment | None) -> frozenset[str]:
    kind = experiment.objective.kind if experiment else ""
    return OBJECTIVES[kind].traits if kind in OBJECTIVES else frozenset()
