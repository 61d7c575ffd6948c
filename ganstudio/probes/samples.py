"""Samples of the generator for looking at."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CHUNK = 512  # samples at once, so that large counts need little memory


def draw_samples(generator: nn.Module, latents: Tensor) -> Tensor:
    """Samples (N, ...) from latents (N, latent) in evaluation mode.

    Running statistics are used and not changed.
    """
    was_training = generator.training
    generator.eval()
    try:
        with torch.no_grad():
            return torch.cat([generator(chunk) for chunk in torch.split(latents, CHUNK)])
    finally:
        generator.train(was_training)
