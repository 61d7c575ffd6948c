"""Samples of the generator for looking at."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CHUNK = 512  # samples at once, so that large counts need little memory


def draw_samples(generator: nn.Module, latents: Tensor, labels: Tensor | None = None) -> Tensor:
    """Samples (N, ...) from latents (N, latent), with classes also labels (N,), in evaluation mode.

    Running statistics are used and not changed.
    """
    was_training = generator.training
    generator.eval()
    try:
        with torch.no_grad():
            if labels is None:
                return torch.cat([generator(z) for z in torch.split(latents, CHUNK)])
            chunks = zip(torch.split(latents, CHUNK), torch.split(labels, CHUNK), strict=True)
            return torch.cat([generator(z, y) for z, y in chunks])
    finally:
        generator.train(was_training)
