"""The gradient penalty (Gulrajani et al. 2017, algorithm 1; one-sided: Petzka et al. 2018, eq. 8)."""

from torch import Tensor

from ganstudio.regularizers.interpolates import Critic, gradient_norms
from ganstudio.regularizers.protocol import PenaltySettings


class GradientPenalty:
    """A price for each sample whose gradient norm is off the target."""

    @staticmethod
    def at(critic: Critic, points: Tensor, settings: PenaltySettings) -> tuple[Tensor, Tensor]:
        """Price norms off the target at ``points`` (N, ...), and return the norms (N,) too."""
        norms = gradient_norms(critic, points, create_graph=True)
        penalty = GradientPenalty.penalty(norms, target=settings.target, side=settings.side)
        return settings.weight * penalty, norms

    @staticmethod
    def penalty(norms: Tensor, *, target: float, side: str) -> Tensor:
        """Mean of (norm - target)^2 over norms (N,).

        "one-sided" counts only norms above the target. Scalar, without lambda.
        """
        excess = norms - target
        if side == "one-sided":
            excess = excess.clamp(min=0)
        return excess.square().mean()
