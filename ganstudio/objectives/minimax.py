"""The minimax game of the first GAN paper (Goodfellow et al. 2014, eq. 1), on raw scores."""

from torch import Tensor
from torch.nn.functional import softplus


class Minimax:
    """Both players share the value E[log D] + E[log(1 - D)] with D = sigmoid(score).

    The generator minimises its second term.
    """

    @staticmethod
    def critic_loss(*, real: Tensor, fake: Tensor) -> Tensor:
        """Cross-entropy of telling real from generated, from scores (N,).

        Softplus(-D(x)) + softplus(D(G(z))). Scalar, >= 0.
        """
        return softplus(-real).mean() + softplus(fake).mean()

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """-softplus(D(G(z))), that is E[log(1 - sigmoid(D(G(z))))], from scores (N,).

        Scalar, <= 0; flat where D is sure.
        """
        return -softplus(fake).mean()
