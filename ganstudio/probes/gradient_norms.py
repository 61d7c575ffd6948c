"""Gradient norms of the critic where no penalty computes them anyway."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.regularizers.interpolates import draw_eps, gradient_norms, interpolate


def probe_gradient_norms(critic: nn.Module, real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    """||grad D(x^)||_2 at interpolates of one batch: shape (N,), without graph.

    The critic is looked at in evaluation mode, so that its buffers stay as they are and each score depends on
    its own sample alone; weights and their gradients are not touched.
    """
    was_training = critic.training
    critic.eval()
    try:
        return gradient_norms(
            critic, interpolate(real, fake, draw_eps(real, generator)), create_graph=False
        ).detach()
    finally:
        critic.train(was_training)
