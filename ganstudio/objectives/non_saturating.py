"""The non-saturating GAN (Goodfellow et al. 2014, section 3), on raw scores."""

from torch import Tensor
from torch.nn.functional import logsigmoid

from ganstudio.objectives.minimax import Minimax


class NonSaturating(Minimax):
    """The minimax critic; the generator maximises log D(G(z)) instead of minimising log(1 - D(G(z)))."""

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """softplus(-D(G(z))), that is -E[log sigmoid(D(G(z)))], from scores (N,). Scalar, >= 0."""
        return -logsigmoid(fake).mean()
