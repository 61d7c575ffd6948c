"""What every objective offers."""

from typing import Protocol

from torch import Tensor


class Objective(Protocol):
    """Pure functions of raw scores D(.) of shape (N,): no sampling, no optimiser, no backward()."""

    @staticmethod
    def critic_loss(*, real: Tensor, fake: Tensor) -> Tensor:
        """What the critic minimises, a scalar."""

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """What the generator minimises, a scalar."""
