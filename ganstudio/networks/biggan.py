"""BigGAN's networks (Brock et al. 2019, section 3 and appendix B), sized so that a workstation trains them.

The generator's batch norms take their gains and shifts from the class and from a part of z of their own; the
critic projects its features onto the class. At 32 px with width 256 they are the authors' networks for
CIFAR-10: three blocks of one width. Larger images double the width with each halving, up to 16 times. Without
classes the conditions are the parts of z alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.networks.attention import SelfAttention, attention_at
from ganstudio.networks.convolutions import Conv2d
from ganstudio.networks.inputs import ScoreAdditions, known
from ganstudio.networks.layers import CriticRequest, GeneratorRequest, finish
from ganstudio.networks.maps import is_small, latent_parts, residual_critic_sizes, sizes, widths
from ganstudio.networks.residual import FirstBlock, UpBlock, halving_blocks

WIDEST = 16
PLAIN_BLOCKS = {True: 2, False: 1}  # of the critic for small and for larger images, after those that halve


class ConditionalBatchNorm(nn.Module):
    """Batch normalisation whose gain 1 + W_g c and shift W_b c are linear in a condition c."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.normalise = nn.BatchNorm2d(channels, affine=False)
        self.gain = nn.Linear(condition, channels, bias=False)
        self.shift = nn.Linear(condition, channels, bias=False)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Maps (N, C, H, W) and conditions (N, K) to maps (N, C, H, W)."""
        gain, shift = 1 + self.gain(condition), self.shift(condition)
        scaled: Tensor = self.normalise(x) * gain[:, :, None, None] + shift[:, :, None, None]
        return scaled


class BigGanGenerator(nn.Module):
    """z (N, latent) and classes -> residual blocks that double -> images (N, C, size, size) in [-1, 1].

    z is split into parts, as equal as can be ("skip-z"): the first makes the smallest map, each of the others
    is, beside the class's embedding that all blocks share, the condition of one block's norms. Raises
    ValueError where z has fewer numbers than parts.
    """

    def __init__(
        self, request: GeneratorRequest, latent: int, sample_shape: tuple[int, ...], classes: int = 0
    ) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        maps = sizes(size)[::-1]
        wide = widths(request.width, len(maps), 1 if is_small(size) else WIDEST)[::-1]
        parts = latent_parts(size)
        if latent < parts:
            raise ValueError(f"z must have at least {parts} numbers, not {latent}")
        self.parts = [latent // parts + (part < latent % parts) for part in range(parts)]
        self.embedding = nn.Embedding(classes, request.embedding) if classes else None
        shared = request.embedding if classes else 0

        self.start = nn.Linear(self.parts[0], wide[0] * maps[0] ** 2)
        self.start_shape = (wide[0], maps[0], maps[0])
        layers: list[nn.Module] = [*attention_at(request.attention, maps[0], wide[0])]
        for width_in, width, to, part in zip(wide[:-1], wide[1:], maps[1:], self.parts[1:], strict=True):
            norms = (
                ConditionalBatchNorm(width_in, shared + part),
                ConditionalBatchNorm(width, shared + part),
            )
            layers += [UpBlock(width_in, width, to, norms), *attention_at(request.attention, to, width)]
        self.layers = nn.ModuleList(layers)
        self.output = nn.Sequential(
            nn.BatchNorm2d(wide[-1]), nn.ReLU(), Conv2d(wide[-1], channels, 3, padding=1), nn.Tanh()
        )
        finish(self, request)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        """Latents (N, latent), with classes also labels (N,), to images (N, C, size, size) in [-1, 1]."""
        first, *rest = torch.split(z, self.parts, dim=1)
        if self.embedding is not None:
            shared = self.embedding(known(labels))
            rest = [torch.cat((shared, part), dim=1) for part in rest]
        conditions = iter(rest)
        x = self.start(first).unflatten(1, self.start_shape)
        for layer in self.layers:
            x = layer(x) if isinstance(layer, SelfAttention) else layer(x, next(conditions))
        images: Tensor = self.output(x)
        return images


class BigGanCritic(nn.Module):
    """Images (N, C, size, size) -> residual blocks that halve -> sum over positions -> raw scores (N,).

    With classes their projection is added (Miyato & Koyama 2018). It has no normalisation but the spectral
    one.
    """

    def __init__(self, request: CriticRequest, sample_shape: tuple[int, ...], classes: int = 0) -> None:
        super().__init__()
        channels, size, _ = sample_shape
        small, maps = is_small(size), residual_critic_sizes(size)
        wide = widths(request.width, len(maps) - 1, 1 if small else WIDEST)
        start = FirstBlock(channels, wide[0])
        self.layers = nn.Sequential(
            *halving_blocks(request, maps[1:], wide, norm="none", plain=PLAIN_BLOCKS[small], start=start),
            nn.ReLU(),
        )
        self.output = nn.Linear(wide[-1], 1)
        self.additions = ScoreAdditions(request, wide[-1], classes)
        finish(self, request)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Images (N, C, size, size), with classes also labels (N,), to raw scores (N,), no sigmoid."""
        features = self.features(x)
        scores: Tensor = self.additions(self.output(features).squeeze(1), features, labels)
        return scores

    def features(self, x: Tensor) -> Tensor:
        """Images (N, C, size, size) to what the score is linear in: (N, F)."""
        flat: Tensor = self.layers(x).sum((2, 3))
        return flat


Generator = BigGanGenerator
Critic = BigGanCritic
