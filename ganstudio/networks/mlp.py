"""Fully connected generator and critic."""

from __future__ import annotations

from math import prod

from torch import Tensor, nn

from ganstudio.networks.layers import NetworkRequest, activation, flat_norm, initialise


class MlpGenerator(nn.Module):
    """z (N, latent) -> hidden layers -> samples (N, *sample_shape).

    Images pass a tanh, points are unbounded.
    """

    def __init__(self, request: NetworkRequest, latent: int, sample_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.sample_shape = sample_shape
        self.hidden = _hidden(request, latent)
        self.output = nn.Linear(request.width, prod(sample_shape))
        self.squash = nn.Tanh() if len(sample_shape) == 3 else nn.Identity()
        initialise(self, request.initialisation)

    def forward(self, z: Tensor) -> Tensor:
        """Latents (N, latent) to samples (N, *sample_shape)."""
        flat: Tensor = self.squash(self.output(self.hidden(z)))
        return flat.view(-1, *self.sample_shape)


class MlpCritic(nn.Module):
    """Samples (N, *sample_shape) -> hidden layers -> raw scores (N,)."""

    def __init__(self, request: NetworkRequest, sample_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.hidden = _hidden(request, prod(sample_shape))
        self.output = nn.Linear(request.width, 1)
        initialise(self, request.initialisation)

    def forward(self, x: Tensor) -> Tensor:
        """Samples (N, *sample_shape) to raw scores (N,), no sigmoid."""
        scores: Tensor = self.output(self.hidden(x.flatten(1)))
        return scores.squeeze(1)


Generator = MlpGenerator
Critic = MlpCritic


def _hidden(request: NetworkRequest, inputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(request.depth):
        layers += [
            nn.Linear(inputs, request.width),
            *flat_norm(request.norm, request.width),
            activation(request.activation),
        ]
        inputs = request.width
    return nn.Sequential(*layers)
