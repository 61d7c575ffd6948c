"""DCGAN (Radford et al. 2016, section 3), sized to any image from 8 to 128 px.

At 64 px with width 128 it is the paper's: z -> 4x4x1024 -> 8x8x512 -> 16x16x256 -> 32x32x128 -> 64x64x3, the
critic mirrored. Other sizes halve, rounding up, until 4 to 7 px are left; widths double with each halving, up
to eight times the base (the paper's 1024 = 8 * 128).
"""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.attention import attention_at
from ganstudio.networks.batch_layers import MinibatchDeviation
from ganstudio.networks.convolutions import Conv2d, ConvTranspose2d
from ganstudio.networks.inputs import GeneratorInput, ScoreAdditions
from ganstudio.networks.layers import CriticRequest, GeneratorRequest, finish, image_norm
from ganstudio.networks.maps import sizes, widths


class DcganGenerator(nn.Module):
    """z (N, latent) -> fractionally strided convolutions -> images (N, C, size, size) in [-1, 1]."""

    def __init__(
        self, request: GeneratorRequest, latent: int, sample_shape: tuple[int, ...], classes: int = 0
    ) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = sizes(size)
        wide = widths(request.width, len(maps) - 1)
        self.input = GeneratorInput(request, latent, classes)
        up: nn.Module = ConvTranspose2d(self.input.features, wide[-1], maps[-1])
        layers: list[nn.Module] = []
        for at, width, width_next, to in zip(
            maps[:0:-1], wide[::-1], [*wide[-2::-1], channels], maps[-2::-1], strict=True
        ):
            layers += [up, *image_norm(request.norm, width, self.input.reference), nn.ReLU()]
            layers += attention_at(request.attention, at, width)
            up = _up(width, width_next, to)
        self.layers = nn.Sequential(*layers, up, nn.Tanh())
        finish(self, request)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Latents (N, latent), with classes also labels (N,), to images (N, C, size, size) in [-1, 1]."""
        images: Tensor = self.layers(self.input(z, labels)[:, :, None, None])
        return self.input.asked(images)


class DcganCritic(nn.Module):
    """Images (N, C, size, size) -> strided convolutions with leaky ReLU 0.2 -> raw scores (N,).

    The minibatch deviation, where asked for, goes into the last strided convolution.
    """

    def __init__(self, request: CriticRequest, sample_shape: tuple[int, ...], classes: int = 0) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = sizes(size)
        wide = widths(request.width, len(maps) - 1)
        layers: list[nn.Module] = []
        for at, to, width_in, width in zip(maps[:-1], maps[1:], [channels, *wide[:-1]], wide, strict=True):
            seen = width_in
            if request.minibatch_deviation and to == maps[-1]:
                layers.append(MinibatchDeviation())
                seen += 1
            norm = image_norm(request.norm, width) if at != size else []  # never at the input
            layers += [_down(seen, width, at), *norm, nn.LeakyReLU(0.2)]
            layers += attention_at(request.attention, to, width)
        layers.append(Conv2d(wide[-1], 1, maps[-1]))
        self.layers = nn.Sequential(*layers)
        self.additions = ScoreAdditions(request, wide[-1] * maps[-1] ** 2, classes)
        finish(self, request)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (N, C, size, size), with classes also labels (N,), to raw scores (N,), no sigmoid."""
        maps = self._maps(x)
        scores: Tensor = self.additions(self.layers[-1](maps).flatten(), maps.flatten(1), labels)
        return scores

    def features(self, x: Tensor) -> Tensor:
        """Images (N, C, size, size) to the last hidden layer's maps, flattened: (N, F)."""
        return self._maps(x).flatten(1)

    def _maps(self, x: Tensor) -> Tensor:
        for layer in list(self.layers)[:-1]:
            x = layer(x)
        return x


Generator = DcganGenerator
Critic = DcganCritic


def _up(width_in: int, width_out: int, to: int) -> nn.ConvTranspose2d:
    """Doubling to an even size (kernel 4), or to one less for an odd size (kernel 3)."""
    return ConvTranspose2d(width_in, width_out, 4 if to % 2 == 0 else 3, stride=2, padding=1)


def _down(width_in: int, width_out: int, at: int) -> nn.Conv2d:
    """Halving, rounding up: kernel 4 from an even size, kernel 3 from an odd one."""
    return Conv2d(width_in, width_out, 4 if at % 2 == 0 else 3, stride=2, padding=1)
