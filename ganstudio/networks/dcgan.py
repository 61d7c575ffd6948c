"""DCGAN (Radford et al. 2016, section 3), sized to any image from 8 to 128 px.

At 64 px with width 128 it is the paper's: z -> 4x4x1024 -> 8x8x512 -> 16x16x256 -> 32x32x128 -> 64x64x3, the
critic mirrored. Other sizes halve, rounding up, until 4 to 7 px are left; widths double with each halving, up
to eight times the base.
"""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.layers import NetworkRequest, image_norm, initialise

WIDEST = 8  # greatest multiple of the base width; the paper's 1024 = 8 * 128


def sizes(size: int) -> list[int]:
    """Side lengths in px from the image down to the smallest map.

    28 -> [28, 14, 7], 64 -> [64, 32, 16, 8, 4].
    """
    chain = [size]
    while chain[-1] >= 8:
        chain.append((chain[-1] + 1) // 2)
    return chain


def widths(base: int, count: int) -> list[int]:
    """Channels of ``count`` maps from the one nearest to the image inwards.

    Base, 2 base, ... at most 8 base.
    """
    return [base * min(2**i, WIDEST) for i in range(count)]


class DcganGenerator(nn.Module):
    """z (N, latent) -> fractionally strided convolutions -> images (N, C, size, size) in [-1, 1]."""

    def __init__(self, request: NetworkRequest, latent: int, sample_shape: tuple[int, ...]) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = sizes(size)
        wide = widths(request.width, len(maps) - 1)
        layers: list[nn.Module] = [
            nn.ConvTranspose2d(latent, wide[-1], maps[-1]),
            *image_norm(request.norm, wide[-1]),
            nn.ReLU(),
        ]
        for to, width_in, width_out in zip(maps[-2:0:-1], wide[:0:-1], wide[-2::-1], strict=True):
            layers += [_up(width_in, width_out, to), *image_norm(request.norm, width_out), nn.ReLU()]
        layers += [_up(wide[0], channels, size), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        initialise(self, request.initialisation)

    def forward(self, z: Tensor) -> Tensor:
        """Latents (N, latent) to images (N, C, size, size) in [-1, 1]."""
        images: Tensor = self.layers(z[:, :, None, None])
        return images


class DcganCritic(nn.Module):
    """Images (N, C, size, size) -> strided convolutions with leaky ReLU 0.2 -> raw scores (N,)."""

    def __init__(self, request: NetworkRequest, sample_shape: tuple[int, ...]) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = sizes(size)
        wide = widths(request.width, len(maps) - 1)
        layers: list[nn.Module] = [_down(channels, wide[0], size), nn.LeakyReLU(0.2)]
        for at, width_in, width_out in zip(maps[1:-1], wide[:-1], wide[1:], strict=True):
            layers += [
                _down(width_in, width_out, at),
                *image_norm(request.norm, width_out),
                nn.LeakyReLU(0.2),
            ]
        layers.append(nn.Conv2d(wide[-1], 1, maps[-1]))
        self.layers = nn.Sequential(*layers)
        initialise(self, request.initialisation)

    def forward(self, x: Tensor) -> Tensor:
        """Images (N, C, size, size) to raw scores (N,), no sigmoid."""
        scores: Tensor = self.layers(x)
        return scores.flatten()


Generator = DcganGenerator
Critic = DcganCritic


def _up(width_in: int, width_out: int, to: int) -> nn.ConvTranspose2d:
    """Doubling to an even size (kernel 4), or to one less for an odd size (kernel 3)."""
    return nn.ConvTranspose2d(width_in, width_out, 4 if to % 2 == 0 else 3, stride=2, padding=1)


def _down(width_in: int, width_out: int, at: int) -> nn.Conv2d:
    """Halving, rounding up: kernel 4 from an even size, kernel 3 from an odd one."""
    return nn.Conv2d(width_in, width_out, 4 if at % 2 == 0 else 3, stride=2, padding=1)
