"""What every objective offers."""

from typing import Protocol

from torch import Tensor


class Objective(Protocol):
    """Pure functions of raw scores D(.) of shape (N,): no sampling, no optimiser, no backward().

    The critic's loss is a sum of two terms, one of real and one of generated samples.
    """

    @staticmethod
    def real_term(real: Tensor) -> Tensor:
        """The term of the critic's loss that reads the scores of real samples, a scalar."""

    @staticmethod
    def fake_term(fake: Tensor) -> Tensor:
        """The term of the critic's loss that reads the scores of generated samples, a scalar."""

    @classmethod
    def critic_loss(cls, *, real: Tensor, fake: Tensor) -> Tensor:
        """What the critic minimises, a scalar."""
        return cls.fake_term(fake) + cls.real_term(real)

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """What the generator minimises, a scalar."""
