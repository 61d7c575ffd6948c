"""The least-squares objective (Mao et al. 2017, eq. 8 with a = 0, b = c = 1)."""

from torch import Tensor

from ganstudio.objectives.protocol import Objective


class LeastSquares(Objective):
    """Scores are drawn to 1 for real and to 0 for generated samples, however sure the critic is already."""

    @staticmethod
    def real_term(real: Tensor) -> Tensor:
        """E[(D(x) - 1)^2] / 2 from scores (N,): a scalar >= 0."""
        return (real - 1).square().mean() / 2

    @staticmethod
    def fake_term(fake: Tensor) -> Tensor:
        """E[D(G(z))^2] / 2 from scores (N,): a scalar >= 0."""
        return fake.square().mean() / 2

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """E[(D(G(z)) - 1)^2] / 2 from scores (N,): a scalar >= 0."""
        return (fake - 1).square().mean() / 2
