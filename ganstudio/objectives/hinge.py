"""The hinge objective (Lim & Ye 2017, "Geometric GAN", eq. 12 and 13; the choice of SAGAN and BigGAN)."""

from torch import Tensor
from torch.nn.functional import relu

from ganstudio.objectives.wasserstein import Wasserstein


class Hinge(Wasserstein):
    """The critic pushes real scores above 1 and generated ones below -1, and no further.

    The generator's loss is that of the Wasserstein objective.
    """

    @staticmethod
    def real_term(real: Tensor) -> Tensor:
        """E[relu(1 - D(x))] from scores (N,): a scalar >= 0."""
        return relu(1 - real).mean()

    @staticmethod
    def fake_term(fake: Tensor) -> Tensor:
        """E[relu(1 + D(G(z)))] from scores (N,): a scalar >= 0."""
        return relu(1 + fake).mean()
