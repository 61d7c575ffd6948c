"""Layers that the networks share: normalisation, activation, initialisation and spectral norm by name."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Protocol

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from ganstudio.networks.virtual_batch_norm import VirtualBatchNorm


class NetworkRequest(Protocol):
    """What a network is built from; the experiment's network settings fit."""

    @property
    def width(self) -> int:
        """Units of a hidden layer, or channels of the convolution nearest to the image."""

    @property
    def depth(self) -> int:
        """Hidden layers."""

    @property
    def activation(self) -> str:
        """Name of the activation."""

    @property
    def norm(self) -> str:
        """Name of the normalisation."""

    @property
    def attention(self) -> int:
        """Size in px of the map with self-attention; 0 for none."""

    @property
    def spectral_norm(self) -> bool:
        """Whether every linear map is divided by its largest singular value."""

    @property
    def initialisation(self) -> str:
        """Name of the initialisation."""


class GeneratorRequest(NetworkRequest, Protocol):
    """What a generator is built from."""

    @property
    def embedding(self) -> int:
        """Numbers that stand for a class."""

    @property
    def reference_size(self) -> int:
        """Samples of the reference batch of virtual batch normalisation."""


class CriticRequest(NetworkRequest, Protocol):
    """What a critic is built from."""

    @property
    def minibatch_discrimination(self) -> bool:
        """Whether the critic sees how close a sample is to the others of its batch."""

    @property
    def minibatch_kernels(self) -> int:
        """Kernels B of minibatch discrimination."""

    @property
    def minibatch_dimensions(self) -> int:
        """Dimensions C of each kernel."""

    @property
    def minibatch_deviation(self) -> bool:
        """Whether the critic sees the batch's standard deviation."""


VIRTUAL = "virtual-batch"


def reference_size(request: GeneratorRequest) -> int:
    """Samples of the reference batch that goes through the generator with every batch; 0 without."""
    return request.reference_size if request.norm == VIRTUAL else 0


def flat_norm(name: str, features: int, reference: int = 0) -> list[nn.Module]:
    """Normalisation of (N, features): no module for "none"."""
    if name == "batch":
        return [nn.BatchNorm1d(features)]
    if name == VIRTUAL:
        return [VirtualBatchNorm(features, reference)]
    return [nn.LayerNorm(features)] if name == "layer" else []


def image_norm(name: str, channels: int, reference: int = 0) -> list[nn.Module]:
    """Normalisation of (N, channels, H, W): no module for "none"."""
    if name == "batch":
        return [nn.BatchNorm2d(channels)]
    if name == VIRTUAL:
        return [VirtualBatchNorm(channels, reference)]
    if name == "layer":
        return [nn.GroupNorm(1, channels)]  # over all features of a sample, for any image size
    return [nn.InstanceNorm2d(channels, affine=True)] if name == "instance" else []


_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
}


def activation(name: str) -> nn.Module:
    """The activation of that name. Raises KeyError where there is none."""
    return _ACTIVATIONS[name]()


_GAIN_STD = 0.02  # Radford et al. 2016, section 4
_LINEAR = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, VirtualBatchNorm)


def finish(network: nn.Module, request: NetworkRequest) -> None:
    """Give a network that is built whole its starting weights and, where asked for, its spectral norms."""
    initialise(network, request.initialisation)
    if request.spectral_norm:
        normalise_spectrally(network)


def initialise(network: nn.Module, name: str) -> None:
    """Give the weights of linear and convolutional layers their starting values in place.

    Biases start at zero.

    "default" leaves what the library chose. "dcgan" also draws batch-normalisation gains from N(1, 0.02).
    """
    if name == "default":
        return
    for module in network.modules():
        if isinstance(module, _LINEAR):
            _initialise_weight(module, name)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif name == "dcgan" and isinstance(module, _BATCH_NORMS) and module.weight is not None:
            nn.init.normal_(module.weight, 1.0, _GAIN_STD)


def normalise_spectrally(network: nn.Module) -> None:
    """Divide every linear or convolutional weight by its largest singular value (Miyato et al. 2018).

    The value is estimated by one power iteration at every forward pass in training mode; its two vectors are
    buffers, part of the network's state. Embeddings, gains and biases are left alone.
    """
    for module in list(network.modules()):
        if isinstance(module, _LINEAR):
            spectral_norm(module)


Layer = nn.Linear | nn.Conv2d | nn.ConvTranspose2d


def fan_in(layer: Layer) -> float:
    """How many products one output value of the layer sums.

    The library's own count takes a transposed convolution's outputs for its inputs. Started from that, the
    last layer of a generator saturates its tanh, and pixels on a regular lattice stay white for good.
    """
    if not isinstance(layer, nn.ConvTranspose2d):
        return layer.weight[0].numel()
    if layer.stride == (1, 1):  # the projection of a 1x1 map: each output meets one tap of every channel
        return layer.in_channels
    return layer.in_channels * prod(layer.kernel_size) / prod(layer.stride)


def _initialise_weight(layer: Layer, name: str) -> None:
    if name == "dcgan":
        nn.init.normal_(layer.weight, 0.0, _GAIN_STD)
    elif name == "he":
        nn.init.normal_(layer.weight, 0.0, (2 / fan_in(layer)) ** 0.5)
    else:
        nn.init.orthogonal_(layer.weight)
