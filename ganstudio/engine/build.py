"""From settings to networks, objective and optimisers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.engine.seeds import derived_seed
from ganstudio.experiment.choices import OPTIMIZERS
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.training_groups import OptimizerSettings
from ganstudio.networks import NETWORKS


def build_generator(experiment: Experiment, sample_shape: tuple[int, ...]) -> nn.Module:
    """The generator G with its seeded starting weights, on the CPU.

    It turns latents (N, latent) into samples (N, *sample_shape).
    """
    with _seeded(experiment.seed, "generator weights"):
        network: nn.Module = (
            NETWORKS[experiment.generator.kind]
            .load()
            .Generator(experiment.generator, experiment.latent.dimension, sample_shape)
        )
    return network


def build_critic(experiment: Experiment, sample_shape: tuple[int, ...]) -> nn.Module:
    """The critic D with its seeded starting weights, on the CPU.

    It turns samples (N, *sample_shape) into raw scores (N,).
    """
    with _seeded(experiment.seed, "critic weights"):
        network: nn.Module = NETWORKS[experiment.critic.kind].load().Critic(experiment.critic, sample_shape)
    return network


def build_optimizer(settings: OptimizerSettings, network: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of one network; fused, so that a step is one call for all weights."""
    choice = OPTIMIZERS[settings.kind]
    options: dict[str, object] = {"lr": settings.learning_rate}
    if "betas" in choice.traits:
        options["betas"] = (settings.beta1, settings.beta2)
    if "fused" in choice.traits:
        options["fused"] = True
    else:
        options["foreach"] = True
    optimizer: torch.optim.Optimizer = choice.load()(network.parameters(), **options)
    return optimizer


def draw_latents(
    experiment: Experiment, count: int, generator: torch.Generator, device: torch.device
) -> Tensor:
    """``count`` latents z of shape (count, latent dimension) from the experiment's latent distribution."""
    z = torch.empty(count, experiment.latent.dimension, device=device)
    if experiment.latent.distribution == "uniform":
        return z.uniform_(-1, 1, generator=generator)
    return z.normal_(generator=generator)


class _seeded:  # noqa: N801 - used as a statement, like torch's own fork_rng
    """Seed the library's global generator, from which initialisation draws, and put it back afterwards."""

    def __init__(self, seed: int, purpose: str) -> None:
        self._seed = derived_seed(seed, purpose)
        self._fork = torch.random.fork_rng(devices=[])

    def __enter__(self) -> None:
        self._fork.__enter__()
        torch.manual_seed(self._seed)

    def __exit__(self, *exception: object) -> None:
        self._fork.__exit__(None, None, None)
