"""Where a penalty looks at the critic's gradient: functions of one batch of real and of generated samples.

Each takes samples (N, ...) and a random stream and returns points (N, ...).
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganstudio.regularizers.interpolates import draw_eps, interpolate


def at_interpolates(real: Tensor, fake: Tensor, stream: torch.Generator) -> Tensor:
    """Between each real and its generated sample, with one eps a sample (Gulrajani 2017, algorithm 1)."""
    return interpolate(real, fake, draw_eps(real, stream))


def at_real(real: Tensor, fake: Tensor, stream: torch.Generator) -> Tensor:  # noqa: ARG001 - one signature
    """The real samples themselves."""
    return real


def at_fake(real: Tensor, fake: Tensor, stream: torch.Generator) -> Tensor:  # noqa: ARG001 - one signature
    """The generated samples themselves."""
    return fake


def around_real(real: Tensor, fake: Tensor, stream: torch.Generator) -> Tensor:  # noqa: ARG001 - one signature
    """Return x + 0.5 std(x) u, u ~ U[0, 1) for each number of each sample (Kodali et al. 2017, DRAGAN).

    std(x) is one number, taken over all numbers of the batch.
    """
    u = torch.rand(real.shape, generator=stream, device=real.device, dtype=real.dtype)
    return real + 0.5 * real.std(correction=0) * u
