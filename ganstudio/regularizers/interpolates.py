"""Interpolates between real and generated samples and the critic's gradient norms at them.

The penalty and the probe share both.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import torch
from torch import Tensor

from ganstudio.backward import inputs_alone
from ganstudio.regularizers.second_derivatives import without_zeros

Critic = Callable[[Tensor], Tensor]


def draw_eps(like: Tensor, generator: torch.Generator) -> Tensor:
    """One eps ~ U[0, 1) per sample, shaped to broadcast over the rest of a sample.

    (N, 1, ...) for samples (N, ...).
    """
    shape = [like.size(0)] + [1] * (like.dim() - 1)  # in words that TorchScript compiles
    return torch.rand(shape, generator=generator, device=like.device, dtype=like.dtype)


def interpolate(real: Tensor, fake: Tensor, eps: Tensor) -> Tensor:
    """x^ = eps x + (1 - eps) G(z), each sample on the segment between its real and its generated end.

    ``real`` and ``fake`` are (N, ...), ``eps`` is (N, 1, ...). Gulrajani et al. 2017, algorithm 1, line 6.
    """
    return fake + eps * (real - fake)


def gradients_at(critic: Critic, points: Tensor, *, create_graph: bool) -> Tensor:
    """grad_x D(x) at each of ``points``: shape (N, ...) as theirs.

    With ``create_graph`` they can be differentiated once more, by the critic's weights. A critic that has
    ``input_gradients`` of its own is asked for them.
    """
    known: Critic | None = getattr(critic, "input_gradients", None)
    if known is not None:
        return known(points)
    points = points.detach().requires_grad_()
    with without_zeros() if create_graph else nullcontext():
        scores = critic(points)
    # The sum's gradient at a sample is that sample's own, since no score depends on another sample.
    with inputs_alone():
        (gradients,) = torch.autograd.grad(scores.sum(), points, create_graph=create_graph)
    return gradients


def gradient_norms(critic: Critic, points: Tensor, *, create_graph: bool) -> Tensor:
    """||grad_x D(x)||_2 at each of ``points`` (N, ...), over all dimensions of a sample: shape (N,).

    With ``create_graph`` the norms can be differentiated with respect to the critic's weights (double
    backward). Where the gradient is zero the norm's own gradient is zero, never NaN.
    """
    gradients = gradients_at(critic, points, create_graph=create_graph)
    norms: Tensor = torch.linalg.vector_norm(gradients.flatten(1), dim=1)
    return norms
