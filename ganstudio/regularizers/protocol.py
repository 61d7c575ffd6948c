"""What every penalty on the critic's gradient offers."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor

from ganstudio.regularizers.interpolates import Critic


class PenaltySettings(Protocol):
    """What a penalty is told; the experiment's Lipschitz settings fit."""

    @property
    def weight(self) -> float:
        """Lambda or gamma."""

    @property
    def target(self) -> float:
        """The norm to pull towards; zero-centred penalties do not read it."""

    @property
    def side(self) -> str:
        """Which norms are priced; zero-centred penalties do not read it."""


class Penalty(Protocol):
    """A term of the critic's loss, made of its gradients at given points."""

    @staticmethod
    def at(critic: Critic, points: Tensor, settings: PenaltySettings) -> tuple[Tensor, Tensor]:
        """The penalty with its weight, a scalar with graph, and the norms (N,) at ``points`` (N, ...)."""


@runtime_checkable
class HasDerivative(Protocol):
    """A penalty that knows its own derivative by the critic's gradients."""

    @staticmethod
    def derived(
        gradients: Tensor,
        weight: float,
        target: float,
        one_sided: bool,  # noqa: FBT001 - as all arguments of a script
        every: float,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of grad D at each point (N, numbers): the penalty, the norms (N,), and the gradients' gradient.

        That is the gradient of ``every`` times the penalty. TorchScript compiles it.
        """
