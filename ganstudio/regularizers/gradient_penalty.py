"""The gradient penalty (Gulrajani et al. 2017, algorithm 1; one-sided: Petzka et al. 2018, eq. 8)."""

import torch
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

    @staticmethod
    def derived(
        gradients: Tensor,
        weight: float,
        target: float,
        one_sided: bool,  # noqa: FBT001 - as all arguments of a script
        every: float,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What ``at`` says of gradients (N, numbers), and the derivative of ``every`` times the penalty."""
        norms = torch.ops.aten.linalg_vector_norm(gradients, 2, [1])
        off = norms - target
        excess = off.clamp(min=0) if one_sided else off
        penalty = weight * excess.square().mean()
        by_mean = torch.ones_like(penalty) * every * weight
        by_norms = by_mean.expand([off.size(0)]) / off.size(0) * (excess * 2.0)
        if one_sided:
            by_norms = torch.where(off >= 0, by_norms, torch.zeros_like(by_norms))
        length = norms.unsqueeze(1)
        direction = (gradients / length).masked_fill_(length == 0, 0.0)
        return penalty, norms, by_norms.unsqueeze(1) * direction
