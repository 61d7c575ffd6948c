"""Combinations that make no sense, refused in words before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ganstudio.data import DATASETS
from ganstudio.errors import Issue
from ganstudio.experiment.choices import BEST_BY, NONE
from ganstudio.experiment.conditions import is_conditional
from ganstudio.experiment.network_rules import NETWORK_RULES
from ganstudio.experiment.reading import why_no_total
from ganstudio.metrics import FIGURES
from ganstudio.objectives import OBJECTIVES

if TYPE_CHECKING:
    from ganstudio.experiment.model import Experiment

Rule = Callable[["Experiment"], Iterator[Issue]]


def wasserstein_critic_is_controlled(experiment: Experiment) -> Iterator[Issue]:
    """Without a bound on its slope the Wasserstein critic's value grows for ever."""
    if (
        "wasserstein" in OBJECTIVES[experiment.objective.kind].traits
        and experiment.lipschitz.kind == "none"
        and not experiment.critic.spectral_norm
    ):
        yield Issue(
            "lipschitz.kind",
            "A Wasserstein critic without Lipschitz control grows without bound; choose a gradient penalty, "
            "weight clipping, or spectral normalisation of the critic.",
            (("lipschitz.kind", "gradient-penalty"),),
        )


def channels_are_grey_or_colour(experiment: Experiment) -> Iterator[Issue]:
    """Images are grey (1) or RGB (3)."""
    if experiment.data.channels == 2:
        yield Issue(
            "data.channels", "Images have 1 channel (grey) or 3 (colour), not 2.", (("data.channels", 3),)
        )


def stacked_digits_are_coloured(experiment: Experiment) -> Iterator[Issue]:
    """Each colour of stacked digits is a digit of its own."""
    source = DATASETS[experiment.data.source]
    if "colour" in source.traits and experiment.data.channels != 3:
        yield Issue(
            "data.channels", f"{source.title} has one digit in each of 3 channels.", (("data.channels", 3),)
        )


def matched_features_know_no_classes(experiment: Experiment) -> Iterator[Issue]:
    """Feature matching compares means over all classes, so the class that is asked for earns nothing."""
    if experiment.techniques.feature_matching and is_conditional(experiment):
        yield Issue(
            "techniques.feature_matching",
            "Feature matching compares means over all classes, so the generator would never learn which "
            "class it is asked for; switch it off, or train without classes.",
            (("techniques.feature_matching", False),),
        )


def best_is_measured(experiment: Experiment) -> Iterator[Issue]:
    """A figure that never has a value keeps no checkpoint."""
    name = experiment.saving.best_by
    of_data = {"points", "images", "labels"} & DATASETS[experiment.data.source].traits
    of_other_data = name in FIGURES and not {"points", "images", "labels"} & FIGURES[name].traits <= of_data
    no_distance = name == "wasserstein_estimate" and (
        "wasserstein" not in OBJECTIVES[experiment.objective.kind].traits
    )
    no_total = name == "total_loss" and bool(why_no_total(experiment))
    if of_other_data or no_distance or no_total:
        yield Issue(
            "saving.best_by",
            f"{BEST_BY[name].title} has no value in this experiment, so it would keep no checkpoint.",
            (("saving.best_by", NONE),),
        )


RULES: list[Rule] = [
    *NETWORK_RULES,
    wasserstein_critic_is_controlled,
    channels_are_grey_or_colour,
    stacked_digits_are_coloured,
    matched_features_know_no_classes,
    best_is_measured,
]


def broken_rules(experiment: Experiment) -> list[Issue]:
    """Everything in the experiment that makes no sense; empty where all is well."""
    return [issue for rule in RULES for issue in rule(experiment)]


def missing(experiment: Experiment) -> list[Issue]:
    """What a person must still fill in before the experiment can be trained; a preset may leave it open."""
    traits = DATASETS[experiment.data.source].traits
    if "path" in traits and "download" not in traits and not experiment.data.path.strip():
        what = "file" if "file" in traits else "folder or zip of images"
        return [Issue("data.path", f"Choose the {what} to train on.")]
    if "drawing" in traits and not experiment.data.drawing:
        return [Issue("data.drawing", "Draw the distribution to train on.")]
    return []
