"""The gradient penalty (Gulrajani et al. 2017, algorithm 1; one-sided: Petzka et al. 2018, eq. 8)."""

from torch import Tensor


class GradientPenalty:
    """A price for each sample whose gradient norm is off the target."""

    @staticmethod
    def penalty(norms: Tensor, *, target: float, side: str) -> Tensor:
        """Mean of (norm - target)^2 over norms (N,).

        "one-sided" counts only norms above the target. Scalar, without lambda.
        """
        excess = norms - target
        if side == "one-sided":
            excess = excess.clamp(min=0)
        return excess.square().mean()
