"""The Wasserstein objective (Arjovsky et al. 2017, algorithm 1), on raw scores."""

import torch
from torch import Tensor

from ganstudio.objectives.protocol import Objective


class Wasserstein(Objective):
    """The critic maximises E[D(x)] - E[D(G(z))]: over all 1-Lipschitz D, the Wasserstein-1 distance."""

    @staticmethod
    def real_term(real: Tensor) -> Tensor:
        """-E[D(x)] from scores (N,). Scalar."""
        return -real.mean()

    @staticmethod
    def fake_term(fake: Tensor) -> Tensor:
        """E[D(G(z))] from scores (N,). Scalar; with the other term, minus the Wasserstein estimate."""
        return fake.mean()

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """-E[D(G(z))] from scores (N,). Scalar."""
        return -fake.mean()

    @staticmethod
    def derived(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Both terms from scores (N,) and (M,), and the derivative of each by its scores."""
        each_real, each_fake = -1.0 / real.size(0), 1.0 / fake.size(0)
        return (
            -real.mean(),
            fake.mean(),
            torch.full_like(real, each_real),
            torch.full_like(fake, each_fake),
        )

    @staticmethod
    def generator_derived(fake: Tensor) -> tuple[Tensor, Tensor]:
        """The generator's loss from scores (N,), and its derivative by them."""
        return -fake.mean(), torch.full_like(fake, -1.0 / fake.size(0))
