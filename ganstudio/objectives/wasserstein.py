"""The Wasserstein objective (Arjovsky et al. 2017, algorithm 1), on raw scores."""

from torch import Tensor


class Wasserstein:
    """The critic maximises E[D(x)] - E[D(G(z))]: over all 1-Lipschitz D, the Wasserstein-1 distance."""

    @staticmethod
    def critic_loss(*, real: Tensor, fake: Tensor) -> Tensor:
        """E[D(G(z))] - E[D(x)] from scores (N,). Scalar; minus the Wasserstein estimate."""
        return fake.mean() - real.mean()

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """-E[D(G(z))] from scores (N,). Scalar."""
        return -fake.mean()
