"""One-sided label smoothing (Salimans et al. 2016, section 3.4), on raw scores."""

from torch import Tensor
from torch.nn.functional import logsigmoid


def smoothed_real_term(real: Tensor, real_target: float) -> Tensor:
    """The classic critic's term of real samples with the target alpha = ``real_target`` for them.

    alpha BCE(D(x), 1) + (1 - alpha) BCE(D(x), 0) from scores (N,): a scalar >= 0. It mixes the two targets;
    alpha BCE(D(x), 1) alone would only scale the loss and let the critic be as sure as ever. The term of
    generated samples stays; at the optimum sigmoid(D) = alpha p_r / (p_r + p_g).
    """
    return -(real_target * logsigmoid(real) + (1 - real_target) * logsigmoid(-real)).mean()
