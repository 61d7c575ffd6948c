"""Chains of linear maps and (leaky) rectifiers, forwards and back: the work behind the closed forms.

The functions are compiled by TorchScript, and written in what it understands of Python. A (leaky) rectifier's
slope is told from the sign of its result, so that it can be taken in place.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ganstudio.one_call import in_one_call


def maps_of(x: Tensor, slopes: list[float], weights: list[Tensor], biases: list[Tensor]) -> list[Tensor]:
    """The input, and the result of each hidden layer."""
    maps = [x]
    for i in range(len(slopes)):
        linear = functional.linear(maps[-1], weights[i], biases[i])
        maps.append(torch.ops.aten.leaky_relu_(linear, slopes[i]))
    return maps


def sloped(gradient: Tensor, result: Tensor, slope: float) -> Tensor:
    """The gradient times the activation's slope, in the gradient's place."""
    back: Tensor = torch.ops.aten.leaky_relu_backward(
        gradient,
        result,
        slope,
        True,  # noqa: FBT003
        grad_input=gradient,
    )
    return back


def products(back: Tensor, inputs: Tensor) -> Tensor:
    """Sum over samples of back (N, outputs) times inputs (N, inputs): (outputs, inputs).

    Products with few columns take the library longer than those with as few rows.
    """
    if inputs.size(1) < 16:
        return torch.mm(inputs.t(), back).t().contiguous()
    return torch.mm(back.t(), inputs)


def scores_of(
    x: Tensor, slopes: list[float], weights: list[Tensor], biases: list[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    """Scores (N,) of samples (N, inputs), and the maps on the way."""
    maps = maps_of(x, slopes, weights, biases)
    return functional.linear(maps[-1], weights[-1], biases[-1]).squeeze(1), maps


def scores_back(
    gradient: Tensor,
    slopes: list[float],
    weights: list[Tensor],
    maps: list[Tensor],
    by_weights: bool,  # noqa: FBT001 - as all arguments of a script
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """From the gradient by the scores (N,): what comes back to the first map, by weights and by biases.

    Without ``by_weights`` the latter are empty.
    """
    of_weights: list[Tensor] = []
    of_biases: list[Tensor] = []
    back = gradient.unsqueeze(1)
    for k in range(len(weights)):
        i = len(weights) - 1 - k
        if by_weights:
            of_weights.insert(0, products(back, maps[i]))
            of_biases.insert(0, back.sum(0))
        if i > 0:
            back = sloped(torch.mm(back, weights[i]), maps[i], slopes[i - 1])
    return back, of_weights, of_biases


def gradients_of(
    x: Tensor, slopes: list[float], weights: list[Tensor], biases: list[Tensor]
) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """grad_x D(x) (N, inputs), each hidden layer's result, and what comes back to its linear map."""
    maps = maps_of(x, slopes, weights, biases)[1:]
    backs: list[Tensor] = []
    back = weights[-1].repeat(x.size(0), 1)
    for k in range(len(slopes)):
        i = len(slopes) - 1 - k
        at_linear = sloped(back, maps[i], slopes[i])
        backs.insert(0, at_linear)
        back = torch.mm(at_linear, weights[i])
    return back, maps, backs


def gradients_back(
    gradient: Tensor, slopes: list[float], weights: list[Tensor], maps: list[Tensor], backs: list[Tensor]
) -> list[Tensor]:
    """From the gradient by ``gradients_of``'s first outcome (N, inputs): those by all weights."""
    by_weights: list[Tensor] = []
    out = gradient
    for i in range(len(slopes)):
        by_weights.append(products(backs[i], out))
        out = sloped(torch.mm(out, weights[i].t()), maps[i], slopes[i])
    by_weights.append(torch.mm(out.new_ones([1, out.size(0)]), out))
    return by_weights


@in_one_call
def samples_of(
    z: Tensor,
    slopes: list[float],
    weights: list[Tensor],
    biases: list[Tensor],
    scales: list[Tensor],
    shifts: list[Tensor],
    means: list[Tensor],
    variances: list[Tensor],
    batches: list[Tensor],
    momenta: list[float],
    epsilons: list[float],
) -> tuple[Tensor, list[Tensor], list[Tensor], list[Tensor], list[Tensor]]:
    """Flat samples of latents (N, latent); with ``scales``, batch normalisation updates its running averages.

    And the maps on the way, what each normalisation saw, its batch's means and inverse deviations.
    """
    maps = [z]
    before: list[Tensor] = []
    of_batch: list[Tensor] = []
    inverse: list[Tensor] = []
    for i in range(len(slopes)):
        x = functional.linear(maps[-1], weights[i], biases[i])
        if len(scales) > 0:
            before.append(x)
            batches[i].add_(1)
            x, mean, deviation = torch.ops.aten.native_batch_norm(
                x,
                scales[i],
                shifts[i],
                means[i],
                variances[i],
                True,  # noqa: FBT003
                momenta[i],
                epsilons[i],
            )
            of_batch.append(mean)
            inverse.append(deviation)
        maps.append(torch.ops.aten.leaky_relu_(x, slopes[i]))
    return functional.linear(maps[-1], weights[-1], biases[-1]), maps, before, of_batch, inverse


@in_one_call
def samples_back(
    gradient: Tensor,
    slopes: list[float],
    weights: list[Tensor],
    scales: list[Tensor],
    maps: list[Tensor],
    before: list[Tensor],
    means: list[Tensor],
    deviations: list[Tensor],
    epsilons: list[float],
) -> tuple[Tensor, list[Tensor], list[Tensor], list[Tensor], list[Tensor]]:
    """From the gradient by flat samples: what comes back to the first linear map.

    And the gradients by weights, biases, scales and shifts.
    """
    by_weights: list[Tensor] = []
    by_biases: list[Tensor] = []
    by_scales: list[Tensor] = []
    by_shifts: list[Tensor] = []
    back = gradient
    for k in range(len(weights)):
        i = len(weights) - 1 - k
        by_weights.insert(0, torch.mm(back.t(), maps[i]))
        by_biases.insert(0, back.sum(0))
        if i > 0:
            back = sloped(torch.mm(back, weights[i]), maps[i], slopes[i - 1])
            if len(scales) > 0:
                back, by_scale, by_shift = torch.ops.aten.native_batch_norm_backward(
                    back,
                    before[i - 1],
                    scales[i - 1],
                    None,
                    None,
                    means[i - 1],
                    deviations[i - 1],
                    True,  # noqa: FBT003
                    epsilons[i - 1],
                    [True, True, True],
                )
                by_scales.insert(0, by_scale)
                by_shifts.insert(0, by_shift)
    return back, by_weights, by_biases, by_scales, by_shifts
