"""Orthogonal regularisation (Brock et al. 2019, eq. 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Filters:
    """The filters of all linear and convolutional layers of one network, one a row of each layer's matrix.

    Of spectrally normalised layers these are the weights before their division.
    """

    def __init__(self, network: nn.Module) -> None:
        self._layers: list[tuple[Tensor, bool]] = []
        for module in network.modules():
            if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
                parametrized = getattr(module, "parametrizations", None)
                weight = module.weight if parametrized is None else parametrized.weight.original
                self._layers.append((weight, isinstance(module, nn.ConvTranspose2d)))

    def likeness(self) -> Tensor:
        """Sum over the layers of ||W W^T - diag(W W^T)||_F^2: a scalar with graph, without beta.

        The diagonal, the filters' own lengths, is left alone: eq. 3 is softer than eq. 2.
        """
        return torch.stack([_off_diagonal(_rows(weight, flip)) for weight, flip in self._layers]).sum()


def _rows(weight: Tensor, flip: bool) -> Tensor:  # noqa: FBT001 - read from a pair
    return (weight.transpose(0, 1) if flip else weight).flatten(1)


def _off_diagonal(rows: Tensor) -> Tensor:
    gram = rows @ rows.T
    return (gram - torch.diag(gram.diagonal())).square().sum()
