"""Which scalars are drawn as curves, in which colours, and which levels they are compared with."""

from __future__ import annotations

from collections.abc import Container
from math import isclose, log
from typing import NamedTuple

from ganstudio.experiment import reading
from ganstudio.experiment.model import Experiment
from ganstudio.objectives import OBJECTIVES
from ganstudio.ui.plots.chart import Level
from ganstudio.ui.theme import Colours


class Curve(NamedTuple):
    """How one scalar is shown."""

    title: str
    colour: str  # a field of Colours
    help: str
    short: str = ""  # for the legend, where that takes less room than the title


LOSSES = {
    "wasserstein_estimate": Curve(
        "Wasserstein estimate",
        "wasserstein",
        "E[D(x)] - E[D(G(z))] without the penalty: how far generated samples are from the data, as the "
        "critic sees it. Falling towards 0 is better.",
        "Wasserstein",
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
        "Mean of ||grad D|| at the points of the gradient-norm histogram.",
        "Gradient norm",
    ),
}
CURVES = LOSSES | SLOPES

# Trait of an objective without a total -> the few words that the panel has room for.
NO_TOTAL = {
    "wasserstein": "No total loss here: read the Wasserstein estimate.",
    "classic": "No total loss here: saturating losses oppose each other.",
}


def why_no_total(experiment: Experiment | None) -> tuple[str, str]:
    """Say why there is no total loss, in a few words and in full; empty where there is one."""
    reason = reading.why_no_total(experiment) if experiment else ""
    if not experiment or not reason:
        return "", ""
    traits = OBJECTIVES[experiment.objective.kind].traits
    words = (words for trait, words in NO_TOTAL.items() if trait in traits and "total" not in traits)
    return next(words, "No total loss here: the two losses cannot be added."), reason


def loss_levels(experiment: Experiment | None, shown: Container[str], colours: Colours) -> list[Level]:
    """Return the reference levels of the losses that are shown: what a fair game would give."""
    levels = reading.fair_levels(experiment) if experiment else {}
    return [
        (value, _level_name(value), getattr(colours, LOSSES[name].colour))
        for name, value in levels.items()
        if name in shown
    ]


def _level_name(value: float) -> str:
    """Multiples of ln 2 by their name; nothing for zero, where the axis says it already."""
    halves = value / log(2)
    if value and isclose(halves, round(halves)):
        return {1: "ln 2", -1: "-ln 2"}.get(round(halves), f"{round(halves)} ln 2")
    return f"{value:.3g}" if value else ""
