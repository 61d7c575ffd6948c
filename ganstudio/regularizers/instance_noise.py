"""Instance noise (Sønderby et al. 2017; Arjovsky & Bottou 2017, section 3)."""

import torch
from torch import Tensor


def noise_std(start: float, over: int, iteration: int) -> float:
    """The noise's standard deviation: from ``start`` in a straight line to 0 after ``over`` iterations."""
    return start * max(0.0, 1 - iteration / over)


def add_noise(samples: Tensor, std: float | Tensor, stream: torch.Generator) -> Tensor:
    """Return x + std n, n ~ N(0, 1) for each number of each sample; real and generated ones both get it.

    With the number 0 the samples themselves, and nothing is drawn; of a tensor the device alone knows.
    """
    if not isinstance(std, Tensor) and not std:
        return samples
    noise = torch.randn(samples.shape, generator=stream, device=samples.device, dtype=samples.dtype)
    return samples + std * noise
