"""The layers of a network as a person counts them."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from ganstudio.networks.attention import SelfAttention
from ganstudio.networks.batch_layers import MinibatchDeviation
from ganstudio.networks.inputs import ScoreAdditions
from ganstudio.networks.residual import DownBlock, FirstBlock, UpBlock
from ganstudio.networks.virtual_batch_norm import VirtualBatchNorm
from ganstudio.regularizers.weight_clipping import NORMALISATIONS

# Kind of layer -> what it is called. What stands inside of one of these is part of it.
KINDS: dict[type[nn.Module], str] = {
    nn.Linear: "linear",
    nn.Conv2d: "convolution",
    nn.ConvTranspose2d: "convolution",
    nn.Embedding: "embedding",
    SelfAttention: "attention",
    FirstBlock: "block",
    DownBlock: "block",
    UpBlock: "block",
}
NOT_LAYERS = (*NORMALISATIONS, VirtualBatchNorm, MinibatchDeviation)


def layers_of(network: nn.Module, *, additions: bool = True) -> dict[str, nn.Module]:
    """Layers with weights by name, such as "linear 2", from the network's input to its output.

    A residual block is one layer. Normalisations are none. With ``additions`` what is added to a critic's
    score for class and batch counts too.
    """
    found = _walk(network, additions=additions)
    return {f"{kind} {number}": module for number, (kind, module) in enumerate(found, 1)}


def _walk(module: nn.Module, *, additions: bool) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(module, NOT_LAYERS) or (isinstance(module, ScoreAdditions) and not additions):
        return
    for kind, name in KINDS.items():
        if isinstance(module, kind):
            yield name, module
            return
    for child in module.children():
        yield from _walk(child, additions=additions)
