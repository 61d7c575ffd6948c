"""A plain MLP's scores and their gradient by the input, each as one node of the graph, written out by hand.

Between its kinks a network of linear layers and (leaky) rectifiers is linear: its gradient by the input is a
product of weights and slopes, v = W_1^T S_1 ... W_L^T, and what depends on that gradient has for its
derivative by each weight a product of two vectors: one that came back through the layers, and one that goes
forward from the input. The library finds the same in many small steps, which cost small networks as much as
their matrix products. The numbers are the library's, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ganstudio.networks import chains
from ganstudio.networks.halves import appraising, judging, pricing
from ganstudio.one_call import in_one_call

enabled = True  # off: the library's own way, to compare with

_scores_of, _scores_back = in_one_call(chains.scores_of), in_one_call(chains.scores_back)
_gradients_of, _gradients_back = in_one_call(chains.gradients_of), in_one_call(chains.gradients_back)
Place = Callable[[Tensor, Tensor, torch.Generator], Tensor]
Derived = Callable[..., Any]  # a derivative; both are in words that TorchScript compiles


class Judged(NamedTuple):
    """What a critic makes of real and generated samples: scores (N,), and scalars. All is without graph."""

    real_scores: Tensor
    fake_scores: Tensor
    real_mean: Tensor
    fake_mean: Tensor
    apart: Tensor  # the first mean less the second
    real_term: Tensor
    fake_term: Tensor
    loss: Tensor


class Appraised(NamedTuple):
    """What a critic makes of generated samples: scores (N,), their mean, the generator's loss.

    Without its gradient by the samples (N, ...) the loss has a graph.
    """

    scores: Tensor
    mean: Tensor
    loss: Tensor
    by_samples: Tensor | None


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

    def judged(self, real: Tensor, fake: Tensor, derived: Derived) -> tuple[Judged, tuple[Tensor, ...]]:
        """Scores and loss of these samples, and its gradient by each weight and bias, in the critic's order.

        ``derived`` is the objective's.
        """
        *found, by_weights, by_biases = judging(derived)(_flat(real), _flat(fake), *self._lists())
        gradients = tuple(by for pair in zip(by_weights, by_biases, strict=True) for by in pair)
        return Judged(*found), gradients

    def appraised(self, fake: Tensor, derived: Derived) -> Appraised:
        """What a generator learns of samples (N, ...); ``derived`` is that of its loss."""
        scores, mean, loss, by_samples = appraising(derived)(_flat(fake), *self._lists())
        return Appraised(scores, mean, loss, by_samples.view_as(fake))

    def priced(
        self, real: Tensor, fake: Tensor, penalty: tuple[Place, Derived, torch.Generator], *settings: float
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, tuple[Tensor | None, ...]]:
        """The penalty on grad_x D(x), what it adds to the loss, norms (N,), points (N, ...).

        And the gradients of what it adds, as above. ``penalty`` is where it is taken, its derivative, and
        what its place draws from; ``settings`` is what the derivative is told. On biases the penalty does
        not depend.
        """
        place, derived, stream = penalty
        found = pricing(place, derived)(_flat(real), _flat(fake), stream, *self._lists(), *settings)
        *numbers, points, by_weights = found
        return *numbers, points.view_as(real), tuple(by for each in by_weights for by in (each, None))

    def _lists(self) -> tuple[list[float], list[Tensor], list[Tensor]]:
        """Slopes, weights and biases as TorchScript takes them."""
        return list(self.slopes), list(self.weights), list(self.biases)


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
        scores, maps = _scores_of(x, list(slopes), weights, biases)
        ctx.slopes = slopes
        ctx.save_for_backward(*weights, *maps)
        return scores

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        weights, maps = _halves(ctx.saved_tensors)
        by_x, _, *wanted = ctx.needs_input_grad
        back, by_weights, by_biases = _scores_back(gradient, list(ctx.slopes), weights, maps, any(wanted))
        unwanted = [None] * (0 if any(wanted) else len(wanted))
        return (back @ weights[0] if by_x else None), None, *by_weights, *by_biases, *unwanted


class _InputGradients(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, slopes: tuple[float, ...], *parameters: Tensor) -> Tensor:
        weights, biases = _halves(parameters)
        gradients, maps, backs = _gradients_of(x, list(slopes), weights, biases)
        ctx.slopes = slopes
        ctx.save_for_backward(*weights[:-1], *maps, *backs)
        return gradients

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        count, saved = len(ctx.slopes), list(ctx.saved_tensors)
        weights, maps, backs = saved[:count], saved[count : 2 * count], saved[2 * count :]
        by_weights = _gradients_back(gradient, list(ctx.slopes), weights, maps, backs)
        return None, None, *by_weights, *[None] * (count + 1)


def _flat(samples: Tensor) -> Tensor:
    """Samples (N, numbers); an operation that changes nothing costs as long as one that does."""
    return samples if samples.dim() == 2 else samples.flatten(1)


def _halves(tensors: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    middle = len(tensors) // 2
    return list(tensors[:middle]), list(tensors[middle:])
