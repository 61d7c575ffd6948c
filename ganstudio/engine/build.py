"""From settings to networks, objective and optimisers."""

from __future__ import annotations

from threading import RLock
from typing import Any

import torch
from torch import Tensor, nn

from ganstudio.engine.adam import Adam
from ganstudio.engine.seeds import derived_seed, stream
from ganstudio.errors import UserError
from ganstudio.experiment.choices import OPTIMIZERS
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.training_groups import OptimizerSettings
from ganstudio.networks import NETWORKS
from ganstudio.networks.inputs import GeneratorInput

# Where a step waits for nothing of the host: there an optimiser's learning rate and counters lie, too.
ASYNCHRONOUS = frozenset({"cuda"})
LEAST_TRUNCATION = 0.01  # below it hardly any number drawn is kept, and drawing takes too long


def build_generator(experiment: Experiment, sample_shape: tuple[int, ...], classes: int = 0) -> nn.Module:
    """The generator G with its seeded starting weights, on the CPU.

    It turns latents (N, latent), with ``classes`` also labels (N,), into samples (N, *sample_shape).
    """
    with _seeded(experiment.seed, "generator weights"):
        network: nn.Module = (
            NETWORKS[experiment.generator.kind]
            .load()
            .Generator(experiment.generator, experiment.latent.dimension, sample_shape, classes)
        )
    _draw_reference(experiment, network)
    return laid_out(network)


def build_critic(experiment: Experiment, sample_shape: tuple[int, ...], classes: int = 0) -> nn.Module:
    """The critic D with its seeded starting weights, on the CPU.

    It turns samples (N, *sample_shape), with ``classes`` also labels (N,), into raw scores (N,).
    """
    with _seeded(experiment.seed, "critic weights"):
        network: nn.Module = (
            NETWORKS[experiment.critic.kind].load().Critic(experiment.critic, sample_shape, classes)
        )
    return laid_out(network)


def laid_out(network: nn.Module) -> nn.Module:
    """The same network with the weights of convolutions laid out channels last.

    Convolutions are faster so on every device, and their results keep that layout from layer to layer.
    """
    if any(isinstance(module, nn.Conv2d | nn.ConvTranspose2d) for module in network.modules()):
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks it
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
    kind: Any = Adam if settings.kind == "adam" else choice.load()  # the same steps at less cost
    optimizer: torch.optim.Optimizer = kind(network.parameters(), **options)
    device = next(network.parameters()).device
    if device.type in ASYNCHRONOUS:
        _keep_on(device, optimizer)
    return optimizer


def _keep_on(device: torch.device, optimizer: torch.optim.Optimizer) -> None:
    """Keep the learning rate and the counters on the device, so that a step of it can be captured.

    Whether it is captured or not, the numbers are the same.
    """
    for group in optimizer.param_groups:
        group["lr"] = torch.tensor(group["lr"], device=device)
        if "capturable" in group:
            group["capturable"] = True
    optimizer._warned_capturable_if_run_uncaptured = True  # noqa: SLF001 - it costs nothing


def draw_latents(
    experiment: Experiment, count: int, generator: torch.Generator, device: torch.device
) -> Tensor:
    """``count`` latents z of shape (count, latent dimension) from the experiment's latent distribution."""
    z = torch.empty(count, experiment.latent.dimension, device=device)
    if experiment.latent.distribution == "uniform":
        return z.uniform_(-1, 1, generator=generator)
    return z.normal_(generator=generator)


def draw_truncated_latents(
    experiment: Experiment, count: int, generator: torch.Generator, device: torch.device, truncation: float
) -> Tensor:
    """Latents (count, latent dimension) whose numbers all lie within -truncation and truncation.

    Numbers outside are drawn again (Brock et al. 2019, section 3.1): the smaller the threshold, the better
    and the more alike the samples. Raises UserError for a threshold below 0.01 or NaN.
    """
    if not truncation >= LEAST_TRUNCATION:
        raise UserError(f"The truncation must be at least {LEAST_TRUNCATION}; {truncation:g} is not.")
    z = draw_latents(experiment, count, generator, device)
    while (outside := z.abs() > truncation).any():
        z = torch.where(outside, draw_latents(experiment, count, generator, device), z)
    return z


def _draw_reference(experiment: Experiment, network: nn.Module) -> None:
    """Fill the reference batch of virtual batch normalisation, where there is one."""
    for module in network.modules():
        if isinstance(module, GeneratorInput) and module.reference:
            latents = stream(experiment.seed, "reference batch")
            drawn = draw_latents(experiment, module.reference, latents, torch.device("cpu"))
            module.reference_latents.copy_(drawn)


class _seeded:  # noqa: N801 - used as a statement, like torch's own fork_rng
    """Seed the library's global generator, from which initialisation draws, and put it back afterwards.

    One thread at a time: two trainings that begin together would draw from one another's numbers.
    """

    _alone = RLock()

    def __init__(self, seed: int, purpose: str) -> None:
        self._seed = derived_seed(seed, purpose)
        self._fork = torch.random.fork_rng(devices=[])

    def __enter__(self) -> None:
        self._alone.acquire()
        self._fork.__enter__()
        torch.manual_seed(self._seed)

    def __exit__(self, *exception: object) -> None:
        self._fork.__exit__(None, None, None)
        self._alone.release()
