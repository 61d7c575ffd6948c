"""The exponential moving average of the generator (Karras et al. 2018, Brock et al. 2019)."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn


class MovingAverage:
    """A generator whose weights follow those of the trained one: average <- decay average + (1 - decay) w.

    Buffers, such as the running statistics of batch normalisation, are copied: they are averages already, and
    a blend of counters or of unit vectors means nothing.
    """

    def __init__(self, network: nn.Module) -> None:
        self.network = deepcopy(network).requires_grad_(requires_grad=False)

    def update(self, network: nn.Module, decay: float) -> None:
        """Follow the trained network after one of its steps."""
        with torch.no_grad():
            torch._foreach_lerp_(list(self.network.parameters()), list(network.parameters()), 1 - decay)
            for ours, theirs in zip(self.network.buffers(), network.buffers(), strict=True):
                ours.copy_(theirs)
