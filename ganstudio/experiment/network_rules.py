"""Rules for the networks: what fits the data, the penalty and each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ganstudio.data import DATASETS
from ganstudio.errors import Issue
from ganstudio.experiment.conditions import crosses_batch
from ganstudio.networks import GENERATOR_NORMS, NETWORKS, NORMS
from ganstudio.networks.maps import attention_maps, latent_parts
from ganstudio.regularizers import LIPSCHITZ

if TYPE_CHECKING:
    from ganstudio.experiment.model import Experiment
    from ganstudio.experiment.network_groups import NetworkSettings


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
        elif "images-only" in GENERATOR_NORMS[network.norm].traits and network.kind == "mlp":
            yield Issue(
                f"{name}.norm",
                "Instance normalisation works on the pixels of a channel, which an MLP does not have; use "
                "layer normalisation.",
                ((f"{name}.norm", "layer"),),
            )


def attention_has_a_map(experiment: Experiment) -> Iterator[Issue]:
    """Self-attention works on one of the maps that the network has at the image size."""
    if not _has_images(experiment):
        return
    for name, network in _networks(experiment):
        if not network.attention or "attention" not in NETWORKS[network.kind].traits:
            continue
        maps = attention_maps(network.kind, name, experiment.data.size)
        if network.attention not in maps:
            nearest = min(maps, key=lambda side: abs(side - network.attention))
            yield Issue(
                f"{name}.attention",
                f"The {name} has no map of {network.attention} px for images of {experiment.data.size} px; "
                f"it has maps of {_listed(maps)} px.",
                ((f"{name}.attention", nearest),),
            )


def latent_can_be_split(experiment: Experiment) -> Iterator[Issue]:
    """A BigGAN-style generator needs at least one number of z for each of its parts."""
    if not _has_images(experiment) or "latent-parts" not in NETWORKS[experiment.generator.kind].traits:
        return
    parts = latent_parts(experiment.data.size)
    if experiment.latent.dimension < parts:
        yield Issue(
            "latent.dimension",
            f"The BigGAN-style generator splits z into {parts} parts for images of "
            f"{experiment.data.size} px, so it needs at least {parts} numbers.",
            (("latent.dimension", 20 * parts),),
        )


def penalised_critic_scores_each_sample_alone(experiment: Experiment) -> Iterator[Issue]:
    """A per-sample penalty means nothing where samples of a batch influence each other."""
    if "per-sample" not in LIPSCHITZ[experiment.lipschitz.kind].traits or not crosses_batch(experiment):
        return
    critic = experiment.critic
    if "norm" in NETWORKS[critic.kind].traits and "across-batch" in NORMS[critic.norm].traits:
        yield Issue(
            "critic.norm",
            "The gradient penalty is a price for each sample, and batch normalisation mixes the samples of a "
            "batch; use layer or instance normalisation, or none.",
            (("critic.norm", "layer"),),
        )
    for setting, title in (
        ("minibatch_deviation", "the minibatch standard deviation"),
        ("minibatch_discrimination", "minibatch discrimination"),
    ):
        if getattr(critic, setting):
            yield Issue(
                f"critic.{setting}",
                f"The gradient penalty is a price for each sample, and with {title} a sample's score depends "
                "on the others of its batch; switch it off, or use a control without penalty.",
                ((f"critic.{setting}", False),),
            )


def clipping_and_spectral_norm_exclude_each_other(experiment: Experiment) -> Iterator[Issue]:
    """Weights that are divided by their largest singular value gain nothing from being clipped."""
    if experiment.lipschitz.kind == "weight-clipping" and experiment.critic.spectral_norm:
        yield Issue(
            "critic.spectral_norm",
            "Spectral normalisation divides the critic's weights by their size, which undoes the clipping; "
            "use one of the two.",
            (("critic.spectral_norm", False),),
        )


NETWORK_RULES = [
    networks_fit_the_data,
    attention_has_a_map,
    latent_can_be_split,
    penalised_critic_scores_each_sample_alone,
    clipping_and_spectral_norm_exclude_each_other,
]


def _has_images(experiment: Experiment) -> bool:
    return "images" in DATASETS[experiment.data.source].traits


def _networks(experiment: Experiment) -> tuple[tuple[str, NetworkSettings], ...]:
    return ("generator", experiment.generator), ("critic", experiment.critic)


def _listed(maps: tuple[int, ...]) -> str:
    *first, last = map(str, maps)
    return f"{', '.join(first)} and {last}" if first else last
