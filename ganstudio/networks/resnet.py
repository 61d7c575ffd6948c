"""The residual networks of the WGAN-GP paper (Gulrajani et al. 2017, appendix; as in their released code).

At 32 px with width 128 they are the paper's for CIFAR-10: z -> 4x4, three blocks that double, all 128 wide; a
critic of two blocks that halve and two that keep 8x8, mean-pooled. At 64 px with width 64 they are the
paper's for 64 px: 4x4x512 -> 8x8x512 -> 16x16x256 -> 32x32x128 -> 64x64x64, the critic mirrored; 128 px adds
one more block of 512. Other sizes take the plan of the nearest: images that three halvings bring below 8 px
the first, larger ones the second, with halves rounded up.
"""

from __future__ import annotations

from torch import Tensor, nn

from ganstudio.networks.attention import attention_at
from ganstudio.networks.convolutions import Conv2d
from ganstudio.networks.inputs import GeneratorInput, ScoreAdditions
from ganstudio.networks.layers import CriticRequest, GeneratorRequest, finish, image_norm
from ganstudio.networks.maps import is_small, residual_critic_sizes, sizes, widths
from ganstudio.networks.residual import FirstBlock, UpBlock, halving_blocks

PLAIN_BLOCKS = 2  # of the critic for small images, after those that halve


class ResnetGenerator(nn.Module):
    """z (N, latent) -> residual blocks that double -> images (N, C, size, size) in [-1, 1]."""

    def __init__(
        self, request: GeneratorRequest, latent: int, sample_shape: tuple[int, ...], classes: int = 0
    ) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = sizes(size)[::-1]
        wide = widths(request.width, len(maps), 1 if is_small(size) else 8)[::-1]
        self.input = GeneratorInput(request, latent, classes)

        def norm(width: int) -> nn.Module:
            return nn.Sequential(*image_norm(request.norm, width, self.input.reference))

        layers: list[nn.Module] = [
            nn.Linear(self.input.features, wide[0] * maps[0] ** 2),
            nn.Unflatten(1, (wide[0], maps[0], maps[0])),
            *attention_at(request.attention, maps[0], wide[0]),
        ]
        for width_in, width, to in zip(wide[:-1], wide[1:], maps[1:], strict=True):
            layers.append(UpBlock(width_in, width, to, (norm(width_in), norm(width))))
            layers += attention_at(request.attention, to, width)
        layers += [norm(wide[-1]), nn.ReLU(), Conv2d(wide[-1], channels, 3, padding=1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        finish(self, request)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Latents (N, latent), with classes also labels (N,), to images (N, C, size, size) in [-1, 1]."""
        return self.input.asked(self.layers(self.input(z, labels)))


class ResnetCritic(nn.Module):
    """Images (N, C, size, size) -> residual blocks that halve -> raw scores (N,).

    The minibatch deviation, where asked for, goes into the last block.
    """

    def __init__(self, request: CriticRequest, sample_shape: tuple[int, ...], classes: int = 0) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = residual_critic_sizes(size)
        small, norm = is_small(size), request.norm
        wide = widths(request.width, len(maps), 1 if small else 8)
        if small:
            start: nn.Module = FirstBlock(channels, wide[0])
            layers = halving_blocks(request, maps[1:], wide[1:], norm=norm, plain=PLAIN_BLOCKS, start=start)
            # As in the paper's code: the score is linear in mean-pooled maps here, in whole maps below.
            layers += [nn.ReLU(), nn.AdaptiveAvgPool2d(1)]
        else:
            start = Conv2d(channels, wide[0], 3, padding=1)
            layers = halving_blocks(request, maps, wide, norm=norm, plain=0, start=start)
        self.layers = nn.Sequential(*layers, nn.Flatten())
        features = wide[-1] * (1 if small else maps[-1] ** 2)
        self.output = nn.Linear(features, 1)
        self.additions = ScoreAdditions(request, features, classes)
        finish(self, request)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (N, C, size, size), with classes also labels (N,), to raw scores (N,), no sigmoid."""
        features = self.features(x)
        scores: Tensor = self.additions(self.output(features).squeeze(1), features, labels)
        return scores

    def features(self, x: Tensor) -> Tensor:
        """Images (N, C, size, size) to what the score is linear in: (N, F)."""
        flat: Tensor = self.layers(x)
        return flat


Generator = ResnetGenerator
Critic = ResnetCritic
