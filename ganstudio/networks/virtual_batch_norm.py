"""Virtual batch normalisation (Salimans et al. 2016, section 3.5)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class VirtualBatchNorm(nn.Module):
    """Normalises each sample by the statistics of a fixed reference batch and of itself.

    The first ``reference`` samples of every batch are the reference batch; they are normalised by their own
    statistics. Any other sample x counts as one more beside the n of the reference:

    mean = (n m_ref + m_x) / (n + 1),   E[x^2] likewise,   so no sample depends on its neighbours.
    """

    def __init__(self, features: int, reference: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.reference = reference
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, x: Tensor) -> Tensor:
        """(n + N, C, ...), the reference batch first, to the same shape."""
        n = self.reference
        flat = x.flatten(2) if x.dim() > 2 else x.unsqueeze(2)  # (n + N, C, positions)
        mean_ref, var_ref = flat[:n].mean((0, 2)), flat[:n].var((0, 2), correction=0)
        mean_own, var_own = flat[n:].mean(2), flat[n:].var(2, correction=0)  # (N, C)
        mean = (n * mean_ref + mean_own) / (n + 1)
        # E[x^2] - mean^2 of the mixture, as a sum of squares, which rounding cannot make negative.
        var = (n * (var_ref + (mean_ref - mean) ** 2) + var_own + (mean_own - mean) ** 2) / (n + 1)
        mean = torch.cat((mean_ref.expand(n, -1), mean)).unsqueeze(2)
        var = torch.cat((var_ref.expand(n, -1), var)).unsqueeze(2)
        scaled = (flat - mean) * torch.rsqrt(var + self.eps)
        return (scaled * self.weight[:, None] + self.bias[:, None]).view_as(x)
