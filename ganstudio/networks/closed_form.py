"""A plain MLP's scores and their gradient by the input, each as one node of the graph, written out by hand.

Between its kinks a network of linear layers and (leaky) rectifiers is linear: its gradient by the input is a
product of weights and slopes, v = W_1^T S_1 ... W_L^T, and what depends on that gradient has for its
derivative by each weight a product of two vectors: one that came back through the layers, and one that goes
forward from the input. The library finds the same in many small steps, which cost small networks as much as
their matrix products. The numbers are the library's, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

enabled = True  # off: the library's own way, to compare with
NARROW = 16  # inputs; products with fewer columns take the library longer than those with as few rows


class ClosedForm(NamedTuple):
    """The layers of a critic: weights (outputs, inputs), biases, and each hidden layer's negative slope."""

    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]
    slopes: tuple[float, ...]

    def __call__(self, x: Tensor) -> Tensor:
        """Scores (N,) of samples (N, ...)."""
        scores: Tensor = _Scores.apply(x.flatten(1), self.slopes, *self.weights, *self.biases)  # type: ignore[no-untyped-call]
        return scores

    def input_gradients(self, points: Tensor) -> Tensor:
        """grad_x D(x) at each of ``points`` (N, ...), of their shape; it can be derived by the weights."""
        flat = points.detach().flatten(1)
        gradients: Tensor = _InputGradients.apply(flat, self.slopes, *self.weights, *self.biases)  # type: ignore[no-untyped-call]
        return gradients.view_as(points)


@runtime_checkable
class HasClosedForm(Protocol):
    """A critic that may have such a form."""

    def in_closed_form(self) -> ClosedForm | None:
        """The form, or None where the critic's layers have none."""


def closed_form(hidden: nn.Sequential, output: nn.Linear) -> ClosedForm | None:
    """The form of these layers, or None where one is neither linear nor a (leaky) rectifier."""
    layers: list[Any] = list(hidden)
    linears, activations = [*layers[::2], output], layers[1::2]
    is_plain = all(type(layer) is nn.Linear for layer in linears) and all(
        type(layer) in (nn.ReLU, nn.LeakyReLU) for layer in activations
    )
    if not enabled or not is_plain or len(linears) != len(activations) + 1:
        return None
    weights, biases = tuple(layer.weight for layer in linears), tuple(layer.bias for layer in linears)
    return ClosedForm(weights, biases, tuple(getattr(a, "negative_slope", 0.0) for a in activations))


class _Scores(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slopes: tuple[float, ...], *parameters: Tensor) -> Tensor:
        weights, biases = _halves(parameters)
        maps = _maps(x, slopes, weights, biases)
        ctx.slopes = slopes
        ctx.save_for_backward(*weights, *maps)
        return torch.addmm(biases[-1], maps[-1], weights[-1].t()).squeeze(1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        weights, maps = _halves(ctx.saved_tensors)
        by_x, _, *wanted = ctx.needs_input_grad
        by_weights: list[Tensor | None] = [None] * len(weights)
        by_biases: list[Tensor | None] = [None] * len(weights)
        back = gradient[:, None]
        for i in reversed(range(len(weights))):
            if wanted[i]:
                by_weights[i], by_biases[i] = _products(back, maps[i]), back.sum(0)
            if i:
                back = _sloped(back @ weights[i], maps[i], ctx.slopes[i - 1])
        return (back @ weights[0] if by_x else None), None, *by_weights, *by_biases


class _InputGradients(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slopes: tuple[float, ...], *parameters: Tensor) -> Tensor:
        weights, biases = _halves(parameters)
        maps = _maps(x, slopes, weights, biases)[1:]
        backs: list[Tensor] = []  # what comes back to the result of each hidden layer's linear map
        back = weights[-1].expand(len(x), -1)
        for weight, result, slope in zip(weights[-2::-1], maps[::-1], slopes[::-1], strict=True):
            backs.insert(0, _sloped(back, result, slope))
            back = backs[0] @ weight
        ctx.slopes = slopes
        ctx.save_for_backward(*weights[:-1], *maps, *backs)
        return back

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        count, saved = len(ctx.slopes), ctx.saved_tensors
        weights, maps, backs = saved[:count], saved[count : 2 * count], saved[2 * count :]
        by_weights: list[Tensor] = []
        out = gradient
        for weight, result, back, slope in zip(weights, maps, backs, ctx.slopes, strict=True):
            by_weights.append(_products(back, out))
            out = _sloped(out @ weight.t(), result, slope)
        by_weights.append(out.new_ones(1, len(out)) @ out)
        return None, None, *by_weights, *[None] * (count + 1)


def _maps(
    x: Tensor, slopes: Sequence[float], weights: Sequence[Tensor], biases: Sequence[Tensor]
) -> list[Tensor]:
    """The input, and the result of each hidden layer."""
    maps = [x]
    for weight, bias, slope in zip(weights[:-1], biases[:-1], slopes, strict=True):
        maps.append(torch.ops.aten.leaky_relu_(torch.addmm(bias, maps[-1], weight.t()), slope))
    return maps


def _sloped(gradient: Tensor, result: Tensor, slope: float) -> Tensor:
    """The gradient times the activation's slope, which the sign of its result tells."""
    return torch.ops.aten.leaky_relu_backward(gradient, result, slope, True)  # type: ignore[no-any-return]  # noqa: FBT003


def _products(back: Tensor, inputs: Tensor) -> Tensor:
    """Sum over samples of back (N, outputs) times inputs (N, inputs): (outputs, inputs)."""
    if inputs.shape[1] < NARROW:
        return (inputs.t() @ back).t().contiguous()
    return back.t() @ inputs


def _halves(tensors: Sequence[Tensor]) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
    middle = len(tensors) // 2
    return tensors[:middle], tensors[middle:]
