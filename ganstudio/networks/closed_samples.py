"""What a plain MLP generator makes of latents in training, as one node of the graph, written out by hand.

Plain are linear layers with (leaky) rectifiers, with batch normalisation or without. The library's own way
takes a call for each layer, forwards and back. The numbers are the library's, to the last bit.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ganstudio.networks.chains import samples_back, samples_of

enabled = True  # off: the library's own way, to compare with


Found = tuple[Tensor, list[list[Tensor]]]  # flat samples, and the way there


class ClosedSamples(NamedTuple):
    """The layers of a generator, each hidden one's normalisation (all or none), and its negative slope."""

    linears: tuple[nn.Linear, ...]
    norms: tuple[nn.BatchNorm1d, ...]
    slopes: tuple[float, ...]
    parameters: tuple[nn.Parameter, ...]  # weights, biases, and each normalisation's scales and shifts

    def fits(self, x: Tensor) -> bool:
        """Whether the layers take these latents as this form does: not in mixed precision, nor one alone."""
        return enabled and len(x) > 1 and not torch.is_autocast_enabled(x.device.type)

    def __call__(self, z: Tensor) -> Tensor:
        """Flat samples (N, numbers) of latents (N, latent), as the layers give them in training mode."""
        return self.with_graph(z, None)

    def bare(self, z: Tensor) -> Found:
        """The same without graph, and what ``with_graph`` needs to give them one."""
        with torch.no_grad():
            return self._found(z, self.parameters)

    def with_graph(self, z: Tensor, found: Found | None) -> Tensor:
        """The samples that ``bare`` has found of these latents, or that are found now."""
        samples: Tensor = _Samples.apply(z, self, found, *self.parameters)  # type: ignore[no-untyped-call]
        return samples

    def give_back(self, found: Found, by_samples: Tensor) -> None:
        """Let all parameters have the gradient of what has this one by the flat samples, and no other."""
        with torch.no_grad():
            depth, normed = len(self.linears), len(self.norms)
            weights, _, scales, _ = _parts(self.parameters, depth, depth, normed, normed)
            _, gradients = self._back(by_samples, weights, scales, found[1])
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient

    def _back(
        self, gradient: Tensor, weights: list[Tensor], scales: list[Tensor], way: list[list[Tensor]]
    ) -> tuple[Tensor, list[Tensor]]:
        """What comes back to the first linear map, and the gradients by all parameters."""
        maps, before, means, deviations = way
        epsilons = [norm.eps for norm in self.norms]
        back, *found = samples_back(
            gradient, list(self.slopes), weights, scales, maps, before, means, deviations, epsilons
        )
        return back, list(chain(*found))

    def _found(self, z: Tensor, parameters: tuple[Tensor, ...]) -> Found:
        depth, normed = len(self.linears), len(self.norms)
        weights, biases, scales, shifts = _parts(parameters, depth, depth, normed, normed)
        norms: tuple[Any, ...] = self.norms  # with momentum and running averages, as they are made here
        samples, *way = samples_of(
            z,
            list(self.slopes),
            weights,
            biases,
            scales,
            shifts,
            [norm.running_mean for norm in norms],
            [norm.running_var for norm in norms],
            [norm.num_batches_tracked for norm in norms],
            [norm.momentum for norm in norms],
            [norm.eps for norm in norms],
        )
        return samples, way


def closed_samples(hidden: nn.Sequential, output: nn.Linear) -> ClosedSamples | None:
    """The form of these layers, or None where one is of another kind."""
    layers: list[Any] = list(hidden)
    normed = len(layers) > 1 and type(layers[1]) is nn.BatchNorm1d
    each = 3 if normed else 2
    linears, activations = layers[::each], layers[each - 1 :: each]
    norms = layers[1::each] if normed else []
    is_plain = (
        all(type(layer) is nn.Linear for layer in [*linears, output])
        and all(type(norm) is nn.BatchNorm1d for norm in norms)
        and all(type(layer) in (nn.ReLU, nn.LeakyReLU) for layer in activations)
    )
    if not is_plain or len(layers) != each * len(activations):
        return None
    slopes = tuple(getattr(layer, "negative_slope", 0.0) for layer in activations)
    kinds = (*linears, output), tuple(norms)
    parameters = (getattr(layer, name) for layers in kinds for name in ("weight", "bias") for layer in layers)
    return ClosedSamples(*kinds, slopes, tuple(parameters))


class _Samples(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, form: ClosedSamples, found: Found | None, *parameters: Tensor) -> Tensor:
        depth, normed = len(form.linears), len(form.norms)
        weights, _, scales, _ = _parts(parameters, depth, depth, normed, normed)
        samples, way = form._found(z, parameters) if found is None else found  # noqa: SLF001 - of one file
        ctx.form = form
        ctx.save_for_backward(*weights, *scales, *(tensor for tensors in way for tensor in tensors))
        return samples

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        form: ClosedSamples = ctx.form
        depth, normed = len(form.linears), len(form.norms)
        weights, scales, *way = _parts(ctx.saved_tensors, depth, normed, depth, normed, normed, normed)
        back, gradients = form._back(gradient, weights, scales, way)  # noqa: SLF001 - of one file
        by_z = back @ weights[0] if ctx.needs_input_grad[0] else None
        return by_z, None, None, *gradients


def _parts(tensors: tuple[Tensor, ...], *counts: int) -> list[list[Tensor]]:
    """The tensors, cut into lists of so many each."""
    rest = iter(tensors)
    return [[next(rest) for _ in range(count)] for count in counts]
