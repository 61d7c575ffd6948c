"""Layers by which a critic sees a sample beside the others of its batch, so that it can tell sameness."""

from __future__ import annotations

import torch
from torch import Tensor, nn

EPSILON = 1e-8  # keeps the root's slope finite where all samples are the same


class MinibatchDiscrimination(nn.Module):
    """How close each sample is to the others, by B kernels (Salimans et al. 2016, section 3.2).

    M_i = T f(x_i) is a B x C matrix, c_b(x_i, x_j) = exp(-||M_ib - M_jb||_1), and
    o(x_i)_b = sum_j c_b(x_i, x_j) over the whole batch, with the sample itself (which adds 1).
    """

    def __init__(self, features: int, kernels: int, dimensions: int) -> None:
        super().__init__()
        self.kernels = kernels
        self.tensor = nn.Linear(features, kernels * dimensions, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """Features f (N, A) to closeness o (N, B), each between 1 and N."""
        matrices = self.tensor(features).unflatten(1, (self.kernels, -1)).transpose(0, 1)  # (B, N, C)
        distances = torch.cdist(matrices, matrices, p=1.0)
        return torch.exp(-distances).sum(2).T


class MinibatchDeviation(nn.Module):
    """One more channel with the batch's mean standard deviation (Karras et al. 2018, section 3).

    The deviation of every feature over the batch, averaged over all features and positions.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, ...) to (N, C + 1, ...); the new channel is the same number everywhere."""
        deviation = (x.var(0, correction=0) + EPSILON).sqrt().mean()
        return torch.cat((x, deviation.expand_as(x[:, :1])), dim=1)
