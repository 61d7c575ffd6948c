"""Fully connected generator and critic."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, Self

import torch
from torch import Tensor, nn

from ganstudio.networks.batch_layers import MinibatchDeviation
from ganstudio.networks.closed_form import ClosedForm, closed_form
from ganstudio.networks.closed_samples import closed_samples
from ganstudio.networks.inputs import GeneratorInput, ScoreAdditions
from ganstudio.networks.layers import (
    CriticRequest,
    GeneratorRequest,
    NetworkRequest,
    activation,
    finish,
    flat_norm,
)


class MlpGenerator(nn.Module):
    """z (N, latent) -> hidden layers -> samples (N, *sample_shape).

    Images pass a tanh, points are unbounded.
    """

    def __init__(
        self, request: GeneratorRequest, latent: int, sample_shape: tuple[int, ...], classes: int = 0
    ) -> None:
        super().__init__()
        self.sample_shape = sample_shape
        self.input = GeneratorInput(request, latent, classes)
        layers: list[nn.Module] = []
        inputs = self.input.features
        for _ in range(request.depth):
            layers += _hidden(request, inputs, self.input.reference)
            inputs = request.width
        self.hidden = nn.Sequential(*layers)
        self.output = nn.Linear(request.width, prod(sample_shape))
        self.squash = nn.Tanh() if len(sample_shape) == 3 else nn.Identity()
        finish(self, request)
        self._form = closed_samples(self.hidden, self.output)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Latents (N, latent), with classes also labels (N,), to samples (N, *sample_shape)."""
        x, form = self.input(z, labels), self._form if self.training else None
        flat: Tensor = form(x) if form is not None and form.fits(x) else self.output(self.hidden(x))
        return self.input.asked(self.squash(flat)).view(-1, *self.sample_shape)

    def _apply(self, *arguments: Any, **named: Any) -> Self:
        """Move or convert, as the library does: the weights may be others afterwards."""
        super()._apply(*arguments, **named)  # type: ignore[no-untyped-call]
        self._form = closed_samples(self.hidden, self.output)
        return self

    def bare(self, z: Tensor) -> tuple[Tensor, Callable[[], Tensor], Callable[[Tensor], None]] | None:
        """Samples of latents (N, latent) without graph, and what gives them one if need be, both as above.

        And what does without: from a gradient by the samples it gives all weights theirs. None where they
        cannot be had so.
        """
        form = self._form if self.training and not self.input.has_more else None
        if form is None or not form.fits(z):
            return None
        found = form.bare(z)

        def shaped(flat: Tensor) -> Tensor:
            samples: Tensor = self.squash(flat).view(-1, *self.sample_shape)
            return samples

        with torch.no_grad():
            samples = shaped(found[0])

        def give_back(by_samples: Tensor) -> None:
            is_tanh = isinstance(self.squash, nn.Tanh)
            by_flat = torch.ops.aten.tanh_backward(by_samples, samples) if is_tanh else by_samples
            form.give_back(found, by_flat.flatten(1))

        return samples, lambda: shaped(form.with_graph(z, found)), give_back


class MlpCritic(nn.Module):
    """Samples (N, *sample_shape) -> hidden layers -> raw scores (N,).

    The minibatch deviation, where asked for, goes into the last hidden layer.
    """

    def __init__(self, request: CriticRequest, sample_shape: tuple[int, ...], classes: int = 0) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = prod(sample_shape)
        for left in reversed(range(request.depth)):
            if request.minibatch_deviation and not left:
                layers.append(MinibatchDeviation())
                inputs += 1
            layers += _hidden(request, inputs)
            inputs = request.width
        self.hidden = nn.Sequential(*layers)
        self.output = nn.Linear(request.width, 1)
        self.additions = ScoreAdditions(request, request.width, classes)
        finish(self, request)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Samples (N, *sample_shape), with classes also labels (N,), to raw scores (N,), no sigmoid."""
        features = self.features(x)
        scores: Tensor = self.additions(self.output(features).squeeze(1), features, labels)
        return scores

    def in_closed_form(self) -> ClosedForm | None:
        """The same scores at less cost, where linear layers and rectifiers are all there is."""
        return None if self.additions.has_any else closed_form(self.hidden, self.output)

    def features(self, x: Tensor) -> Tensor:
        """Samples (N, *sample_shape) to the last hidden layer (N, width)."""
        hidden: Tensor = self.hidden(x.flatten(1))
        return hidden


Generator = MlpGenerator
Critic = MlpCritic


def _hidden(request: NetworkRequest, inputs: int, reference: int = 0) -> list[nn.Module]:
    return [
        nn.Linear(inputs, request.width),
        *flat_norm(request.norm, request.width, reference),
        activation(request.activation),
    ]
