"""The zero-centred penalties R1 and R2 (Mescheder et al. 2018, eq. 9 and 10).

R1 is taken at real samples, R2 at generated ones.
"""

from torch import Tensor

from ganstudio.regularizers.interpolates import Critic, gradients_at
from ganstudio.regularizers.protocol import PenaltySettings


class ZeroCentredPenalty:
    """A price for every slope, by the squared norm: no root, so nothing to divide by where the slope is 0."""

    @staticmethod
    def at(critic: Critic, points: Tensor, settings: PenaltySettings) -> tuple[Tensor, Tensor]:
        """Price the squared norms at ``points`` (N, ...): gamma / 2 E[||grad D||^2], and the norms (N,)."""
        squares = gradients_at(critic, points, create_graph=True).flatten(1).square().sum(1)
        return settings.weight / 2 * squares.mean(), squares.detach().sqrt()
