"""Weight clipping (Arjovsky et al. 2017, algorithm 1, line 7)."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

NORMALISATIONS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)  # noqa: SLF001 - their common base has no other name


def clippable(critic: nn.Module) -> list[nn.Parameter]:
    """The critic's weights and biases, without the gains and shifts of normalisation layers.

    A gain clamped to [-c, c] would shrink every feature to at most c and switch the critic off; the paper's
    bound is on the weights of the linear maps.
    """
    return [
        p for m in critic.modules() if not isinstance(m, NORMALISATIONS) for p in m.parameters(recurse=False)
    ]


def clip_weights(weights: Iterable[Tensor], bound: float) -> None:
    """Clamp every one of ``weights`` to [-bound, bound] in place.

    Called after each step of the critic's optimiser.
    """
    tensors = list(weights)
    with torch.no_grad():
        torch._foreach_clamp_min_(tensors, -bound)
        torch._foreach_clamp_max_(tensors, bound)
