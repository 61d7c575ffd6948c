"""What the figures of images are computed from; what several of them need is computed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress, silent
from ganstudio.data.pixels import from_pixels
from ganstudio.evaluation.features import Extractor, Features
from ganstudio.metrics.neighbourhoods import Neighbourhoods, neighbourhoods

Images = NDArray[np.uint8]  # NCHW, 0..255


@dataclass(frozen=True)
class Material:
    """Equally many real and generated images, ``unseen`` real ones, and those of the ``training``."""

    real: Images
    fake: Images
    training: Images
    unseen: Images
    seed: int
    classifier: Extractor | None = None  # of the data's own labels
    inception: Extractor | None = None
    class_shares: NDArray[np.float64] | None = None  # of the data
    progress: Progress = field(default=silent)

    @cached_property
    def classifier_features(self) -> tuple[Features, Features]:
        """Of real and generated images."""
        return self._read(self.classifier)

    @cached_property
    def inception_features(self) -> tuple[Features, Features]:
        """Of real and generated images."""
        return self._read(self.inception)

    @cached_property
    def neighbourhoods(self) -> Neighbourhoods:
        """In the features of the best network there is: Inception, the data's classifier, or else pixels."""
        real, fake = self.space
        return neighbourhoods(real, fake)

    @property
    def space(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Real and generated features (N, D) for comparing neighbours."""
        if self.inception is None and self.classifier is None:
            return _flat(self.real), _flat(self.fake)
        real, fake = self.inception_features if self.inception else self.classifier_features
        return real.values, fake.values

    def random(self, what: str) -> torch.Generator:
        """A stream of its own for each purpose: one figure does not depend on which others are asked for."""
        return torch.Generator().manual_seed(self.seed * 1000 + sum(what.encode()) % 1000)

    def _read(self, extractor: Extractor | None) -> tuple[Features, Features]:
        if extractor is None:
            raise ValueError("there is no network to read features with")
        return extractor.read(self.real, self.progress), extractor.read(self.fake, self.progress)


def _flat(images: Images) -> NDArray[np.float32]:
    return from_pixels(images.reshape(len(images), -1))
