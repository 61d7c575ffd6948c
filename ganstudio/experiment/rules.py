"""Combinations that make no sense, refused in words before anything is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ganstudio.data import DATASETS
from ganstudio.errors import Issue
from ganstudio.networks import NETWORKS, NORMS
from ganstudio.objectives import OBJECTIVES
from ganstudio.regularizers import LIPSCHITZ

if TYPE_CHECKING:
    from ganstudio.experiment.groups import NetworkSettings
    from ganstudio.experiment.model import Experiment

Rule = Callable[["Experiment"], Iterator[Issue]]


def networks_fit_the_data(experiment: Experiment) -> Iterator[Issue]:
    """A network must be able to work on the data's shape."""
    kind = "points" if "points" in DATASETS[experiment.data.source].traits else "images"
    for name, network in _networks(experiment):
        if kind not in NETWORKS[network.kind].traits:
            title = NETWORKS[network.kind].title
            yield Issue(
                f"{name}.kind",
                f"{title} works on images, and the data are 2-D points; use an MLP.",
                ((f"{name}.kind", "mlp"),),
            )
        elif "images-only" in NORMS[network.norm].traits and network.kind == "mlp":
            yield Issue(
                f"{name}.norm",
                "Instance normalisation works on the pixels of a channel, which an "
                "MLP does not have; use layer "
                "normalisation.",
                ((f"{name}.norm", "layer"),),
            )


def penalised_critic_scores_each_sample_alone(experiment: Experiment) -> Iterator[Issue]:
    """A per-sample penalty means nothing where samples of a batch influence each other."""
    if (
        "per-sample" in LIPSCHITZ[experiment.lipschitz.kind].traits
        and "across-batch" in NORMS[experiment.critic.norm].traits
    ):
        yield Issue(
            "critic.norm",
            "The gradient penalty is a price for each sample, and batch normalisation "
            "mixes the samples of a batch; "
            "use layer or instance normalisation, or none.",
            (("critic.norm", "layer"),),
        )


def wasserstein_critic_is_controlled(experiment: Experiment) -> Iterator[Issue]:
    """Without a bound on its slope the Wasserstein critic's value grows for ever."""
    if "wasserstein" in OBJECTIVES[experiment.objective.kind].traits and experiment.lipschitz.kind == "none":
        yield Issue(
            "lipschitz.kind",
            "A Wasserstein critic without Lipschitz control grows without bound; "
            "choose a gradient penalty or weight "
            "clipping.",
            (("lipschitz.kind", "gradient-penalty"),),
        )


def channels_are_grey_or_colour(experiment: Experiment) -> Iterator[Issue]:
    """Images are grey (1) or RGB (3)."""
    if experiment.data.channels == 2:
        yield Issue(
            "data.channels", "Images have 1 channel (grey) or 3 (colour), not 2.", (("data.channels", 3),)
        )


RULES: list[Rule] = [
    networks_fit_the_data,
    penalised_critic_scores_each_sample_alone,
    wasserstein_critic_is_controlled,
    channels_are_grey_or_colour,
]


def broken_rules(experiment: Experiment) -> list[Issue]:
    """Everything in the experiment that makes no sense; empty where all is well."""
    return [issue for rule in RULES for issue in rule(experiment)]


def missing(experiment: Experiment) -> list[Issue]:
    """What a person must still fill in before the experiment can be trained; a preset may leave it open."""
    traits = DATASETS[experiment.data.source].traits
    if "path" in traits and "download" not in traits and not experiment.data.path.strip():
        return [Issue("data.path", "Choose the folder or zip of images to train on.")]
    return []


def _networks(experiment: Experiment) -> tuple[tuple[str, NetworkSettings], ...]:
    return ("generator", experiment.generator), ("critic", experiment.critic)
