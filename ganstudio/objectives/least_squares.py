"""The least-squares objective (Mao et al. 2017, eq. 8 with a = 0, b = c = 1)."""

from torch import Tensor


class LeastSquares:
    """Scores are drawn to 1 for real and to 0 for generated samples, however sure the critic is already."""

    @staticmethod
    def critic_loss(*, real: Tensor, fake: Tensor) -> Tensor:
        """E[(D(x) - 1)^2] / 2 + E[D(G(z))^2] / 2 from scores (N,): a scalar >= 0."""
        return ((real - 1).square().mean() + fake.square().mean()) / 2

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """E[(D(G(z)) - 1)^2] / 2 from scores (N,): a scalar >= 0."""
        return (fake - 1).square().mean() / 2
