"""What every objective offers."""

from collections.abc import Callable
from typing import Any, Protocol

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


Derived = Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor, Tensor]]
GeneratorDerived = Callable[[Tensor], tuple[Tensor, Tensor]]


def derivative_of(objective: Objective) -> Derived | None:
    """What the objective knows of its critic's loss as ``derived``: both terms, and each one's derivative.

    From scores (N,) of real and of generated samples, in words that TorchScript compiles. None where it knows
    nothing: one that changes the terms of another does not inherit their derivative.
    """
    derived: Derived | None = _own(objective, "derived")
    return derived


def generator_derivative_of(objective: Objective) -> GeneratorDerived | None:
    """The same of its generator's loss as ``generator_derived``, from scores (N,) of generated samples."""
    derived: GeneratorDerived | None = _own(objective, "generator_derived")
    return derived


def _own(objective: Objective, name: str) -> Any:
    return getattr(objective, name) if name in vars(objective) else None
