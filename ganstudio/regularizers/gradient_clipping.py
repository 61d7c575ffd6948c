"""Gradient clipping by norm (Pascanu et al. 2013, algorithm 1)."""

import torch
from torch import Tensor, nn


def gradient_norm(network: nn.Module) -> Tensor:
    """Norm of the gradient of all weights together: a scalar on the device, which is not waited for."""
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    norms = torch._foreach_norm(gradients)  # noqa: SLF001 - what the library's own way calls in the end
    norm: Tensor = torch.linalg.vector_norm(torch.stack(norms))
    return norm


def clip_gradients(network: nn.Module, bound: float) -> None:
    """Shorten the gradient of all weights together to norm ``bound`` where it is longer.

    g <- g bound / ||g|| where ||g|| > bound.

    Called between backward and the optimiser's step; ``bound`` 0 leaves the gradient alone. Never waits for
    the device.
    """
    if bound > 0:
        nn.utils.clip_grad_norm_(network.parameters(), bound)
