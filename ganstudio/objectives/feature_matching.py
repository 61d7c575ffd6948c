"""Feature matching (Salimans et al. 2016, section 3.1)."""

from torch import Tensor


def feature_distance(*, real: Tensor, fake: Tensor) -> Tensor:
    """||E f(x) - E f(G(z))||_2^2 from features (N, F) of the critic's last hidden layer: a scalar >= 0.

    It takes the place of the generator's loss.
    """
    return (real.mean(0) - fake.mean(0)).square().sum()
