"""Self-attention over the positions of a map (Zhang et al. 2019, "SAGAN", section 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """y = gamma o + x: every position takes in what it attends to at all others.

    With positions i, j and 1x1 convolutions f, g (to C/8 channels), h (to C/2) and v (back to C):

    beta_ji = softmax_i(f(x_i) . g(x_j)),   o_j = v(sum_i beta_ji h(x_i))

    gamma is learnt and starts at 0, so that the network starts from what is near. Channels as in the authors'
    code; equations 1 and 2 of the paper.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner, values = max(1, channels // 8), max(1, channels // 2)
        self.f = nn.Conv2d(channels, inner, 1, bias=False)
        self.g = nn.Conv2d(channels, inner, 1, bias=False)
        self.h = nn.Conv2d(channels, values, 1, bias=False)
        self.v = nn.Conv2d(values, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, C, H, W) to maps of the same shape."""
        f, g, h = (layer(x).flatten(2) for layer in (self.f, self.g, self.h))  # (N, channels, positions)
        beta = torch.softmax(g.transpose(1, 2) @ f, dim=2)  # (N, j, i): each j shares itself out over all i
        o: Tensor = self.v((h @ beta.transpose(1, 2)).unflatten(2, x.shape[2:]))
        return self.gamma * o + x


def attention_at(wanted: int, size: int, channels: int) -> list[nn.Module]:
    """Self-attention where a map's ``size`` in px is the wanted one (0: nowhere), else no module."""
    return [SelfAttention(channels)] if wanted == size else []
