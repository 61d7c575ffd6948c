"""Historical averaging (Salimans et al. 2016, section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

COUNT = "/count"  # no weight's name holds a slash


class HistoricalAverage:
    """The mean of all past weights of one network, and the squared distance from it.

    The mean begins with the starting weights and takes in the weights after each of the network's steps.
    """

    def __init__(self, network: nn.Module) -> None:
        self._weights = dict(network.named_parameters())
        self._means = {name: weight.detach().clone() for name, weight in self._weights.items()}
        self._count = 1

    def distance(self) -> Tensor:
        """||theta - 1/t sum_i theta[i]||^2 over all weights: a scalar with graph to the weights."""
        return torch.stack(
            [(weight - self._means[name]).square().sum() for name, weight in self._weights.items()]
        ).sum()

    def update(self) -> None:
        """Take in the weights as they are after a step."""
        self._count += 1
        with torch.no_grad():
            torch._foreach_lerp_(list(self._means.values()), list(self._weights.values()), 1 / self._count)

    def tensors(self) -> dict[str, Tensor]:
        """The state: the mean of each weight by its name, and how many weights it is of."""
        return {**self._means, COUNT: torch.tensor(self._count)}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from ``tensors``. Raises KeyError or RuntimeError where they do not fit the network."""
        for name, mean in self._means.items():
            mean.copy_(tensors[name])
        self._count = int(tensors[COUNT])
