"""The minimax game of the first GAN paper (Goodfellow et al. 2014, eq. 1), on raw scores.

softplus(x) is written as -log sigmoid(-x): exact for every score, where the library's softplus becomes a
straight line above 20.
"""

from torch import Tensor
from torch.nn.functional import logsigmoid

from ganstudio.objectives.protocol import Objective


class Minimax(Objective):
    """Both players share the value E[log D] + E[log(1 - D)] with D = sigmoid(score).

    The generator minimises its second term.
    """

    @staticmethod
    def real_term(real: Tensor) -> Tensor:
        """Cross-entropy of calling real samples real, from scores (N,): E[softplus(-D(x))], a scalar >= 0."""
        return -logsigmoid(real).mean()

    @staticmethod
    def fake_term(fake: Tensor) -> Tensor:
        """The same of calling generated samples generated: E[softplus(D(G(z)))], a scalar >= 0."""
        return -logsigmoid(-fake).mean()

    @staticmethod
    def generator_loss(*, fake: Tensor) -> Tensor:
        """E[log(1 - sigmoid(D(G(z))))] from scores (N,): a scalar <= 0, flat where D is sure.

        It is -softplus(D(G(z))).
        """
        return logsigmoid(-fake).mean()
