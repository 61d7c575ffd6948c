"""Residual blocks that double or halve a map (Gulrajani et al. 2017, appendix; as in their released code).

Norms go before the activations ("pre-activation"), the way beside is a 1x1 convolution. A 1x1 convolution and
a mean or a copy of pixels can change places without changing the result; here the smaller map is convolved.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, relu

from ganstudio.networks.attention import attention_at
from ganstudio.networks.batch_layers import MinibatchDeviation
from ganstudio.networks.convolutions import Conv2d
from ganstudio.networks.layers import CriticRequest, image_norm


def double(x: Tensor, to: int) -> Tensor:
    """Every pixel twice in both directions; to an odd size, the last row and column once."""
    return interpolate(x, scale_factor=2, mode="nearest")[:, :, :to, :to]


def halve(x: Tensor) -> Tensor:
    """Means of 2x2 pixels; at the end of an odd size, of the two or one that are left."""
    return avg_pool2d(x, 2, ceil_mode=True)


class UpBlock(nn.Module):
    """Norm, ReLU, doubling, 3x3 convolution, norm, ReLU, 3x3 convolution; beside it 1x1 and doubling.

    ``norms`` are the two norms, of ``width_in`` and ``width_out`` channels, before the convolutions. They are
    called with what the block is called with beside the map, such as a class-conditional norm's condition.
    """

    def __init__(self, width_in: int, width_out: int, to: int, norms: tuple[nn.Module, nn.Module]) -> None:
        super().__init__()
        self.doubled = to
        self.norm1, self.norm2 = norms
        self.conv1 = Conv2d(width_in, width_out, 3, padding=1)
        self.conv2 = Conv2d(width_out, width_out, 3, padding=1)
        self.beside = Conv2d(width_in, width_out, 1)

    def forward(self, x: Tensor, *condition: Tensor) -> Tensor:
        """Maps (N, width_in, s, s) to (N, width_out, to, to), where to is 2 s or 2 s - 1."""
        inner: Tensor = self.conv1(double(relu(self.norm1(x, *condition)), self.doubled))
        inner = self.conv2(relu(self.norm2(inner, *condition)))
        beside: Tensor = double(self.beside(x), self.doubled)
        return beside + inner


class DownBlock(nn.Module):
    """Norm, ReLU, 3x3 convolution, norm, ReLU, 3x3 convolution and halving; beside it halving and 1x1.

    With ``halving`` off the map keeps its size, and where its width stays too the way beside is the identity.
    """

    def __init__(self, width_in: int, width_out: int, norm: str, *, halving: bool) -> None:
        super().__init__()
        self.resize = halve if halving else _same
        self.norm1 = nn.Sequential(*image_norm(norm, width_in))
        self.norm2 = nn.Sequential(*image_norm(norm, width_in))
        self.conv1 = Conv2d(width_in, width_in, 3, padding=1)
        self.conv2 = Conv2d(width_in, width_out, 3, padding=1)
        changes = halving or width_in != width_out
        self.beside = Conv2d(width_in, width_out, 1) if changes else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Maps (N, width_in, s, s) to (N, width_out, t, t), where t is s, or s / 2 rounded up."""
        inner = self.conv1(relu(self.norm1(x)))
        inner = self.resize(self.conv2(relu(self.norm2(inner))))
        beside: Tensor = self.beside(self.resize(x))
        return beside + inner


class FirstBlock(nn.Module):
    """A critic's block on the image itself: neither norm nor activation before its first convolution."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv1 = Conv2d(channels, width, 3, padding=1)
        self.conv2 = Conv2d(width, width, 3, padding=1)
        self.beside = Conv2d(channels, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Images (N, channels, s, s) to maps (N, width, t, t), where t is s / 2 rounded up."""
        beside: Tensor = self.beside(halve(x))
        return beside + halve(self.conv2(relu(self.conv1(x))))


def halving_blocks(
    request: CriticRequest,
    maps: list[int],
    wide: list[int],
    *,
    norm: str,
    plain: int,
    start: nn.Module,
) -> list[nn.Module]:
    """A residual critic's body: ``start``, which gives the first of ``maps``, a block for every further one.

    ``maps`` are side lengths in px and ``wide`` their channels. After them come ``plain`` blocks that keep
    the last map. Attention goes onto the map of the wanted size, the minibatch deviation into the last block.
    """
    steps = [(at, width, True) for at, width in zip(maps[1:], wide[1:], strict=True)]
    steps += [(maps[-1], wide[-1], False)] * plain
    layers = [start, *attention_at(request.attention, maps[0], wide[0])]
    width_in = wide[0]
    for number, (at, width, halving) in enumerate(steps, 1):
        if request.minibatch_deviation and number == len(steps):
            layers.append(MinibatchDeviation())
            width_in += 1
        layers.append(DownBlock(width_in, width, norm, halving=halving))
        if halving:  # a plain block keeps the map, which has its attention already
            layers += attention_at(request.attention, at, width)
        width_in = width
    return layers


def _same(x: Tensor) -> Tensor:
    return x
