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
        weight = next(iter(self._means.values()))
        self._share = torch.ones((), dtype=weight.dtype, device=weight.device)  # of the newest weights

    def distance(self) -> Tensor:
        """||theta - 1/t sum_i theta[i]||^2 over all weights: a scalar with graph to the weights."""
        return torch.stack(
            [(weight - self._means[name]).square().sum() for name, weight in self._weights.items()]
        ).sum()

    def count_on(self) -> None:
        """One more set of weights is to be taken in; all that the host has to do for it happens here."""
        self._count += 1
        self._share.fill_(1 / self._count)

    def take_in(self) -> None:
        """Take in the weights as they are after a step, which was counted before."""
        means = list(self._means.values())
        weights: list[Tensor] = list(self._weights.values())
        with torch.no_grad():
            news = torch._foreach_sub(weights, means)  # noqa: SLF001 - it has no public name
            torch._foreach_mul_(news, self._share)
            torch._foreach_add_(means, news)

    def tensors(self) -> dict[str, Tensor]:
        """The state: the mean of each weight by its name, and how many weights it is of."""
        return {**self._means, COUNT: torch.tensor(self._count)}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on from ``tensors``. Raises KeyError or RuntimeError where they do not fit the network."""
        for name, mean in self._means.items():
            mean.copy_(tensors[name])
        self._count = int(tensors[COUNT])
