"""One-sided label smoothing (Salimans et al. 2016, section 3.4), on raw scores."""

from torch import Tensor
from torch.nn.functional import logsigmoid


def smoothed_critic_loss(*, real: Tensor, fake: Tensor, real_target: float) -> Tensor:
    """The classic critic's cross-entropy with the target alpha = ``real_target`` for real samples.

    alpha BCE(D(x), 1) + (1 - alpha) BCE(D(x), 0) + BCE(D(G(z)), 0) from scores (N,): a scalar >= 0. It mixes
    the two targets; alpha BCE(D(x), 1) alone would only scale the loss and let the critic be as sure as ever.
    At its optimum sigmoid(D) = alpha p_r / (p_r + p_g).
    """
    on_real = real_target * logsigmoid(real) + (1 - real_target) * logsigmoid(-real)
    return -(on_real.mean() + logsigmoid(-fake).mean())
