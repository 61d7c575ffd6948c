"""What images are turned into before sets of them are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress


@dataclass(frozen=True)
class Features:
    """Of N images: ``values`` (N, D), and class probabilities (N, C) whose rows sum to 1."""

    values: NDArray[np.float32]
    probabilities: NDArray[np.float32]


class Extractor(Protocol):
    """A network that reads images."""

    @property
    def definition(self) -> Mapping[str, Any]:
        """What must be the same for two figures to be comparable, as plain JSON."""

    def read(self, images: NDArray[np.uint8], progress: Progress) -> Features:
        """Features of images NCHW of 0..255. Raises what ``progress`` raises."""
