"""The one form in which all data reaches training: decoded once, held in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

# progress(what is being done, done so far, total or 0 where unknown); it may raise Cancelled.
Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Report nothing."""


class DataRequest(Protocol):
    """What a data set needs to know to load itself; the experiment's data settings fit it."""

    @property
    def source(self) -> str:
        """Registered name of the data set."""

    @property
    def path(self) -> str:
        """Folder or zip archive of the person's; "" where none was chosen."""

    @property
    def download(self) -> bool:
        """Whether the data may be fetched where the folder does not hold them."""

    @property
    def size(self) -> int:
        """Height and width of the images in pixels."""

    @property
    def channels(self) -> int:
        """1 for grey, 3 for RGB."""

    @property
    def framing(self) -> str:
        """How pictures of any shape become squares: a name of FRAMINGS."""

    @property
    def background(self) -> str:
        """Colour behind transparent pixels and beside whole pictures, as ``rgb`` in colour.py reads it."""

    @property
    def mirror(self) -> bool:
        """Whether every other drawn image is mirrored, by chance."""

    @property
    def storage(self) -> str:
        """Where decoded images lie while training: a name of STORAGES."""

    @property
    def limit(self) -> int:
        """Images used at most; 0 uses all."""

    @property
    def held_out(self) -> float:
        """Share of the data that training never sees, 0 to 0.5."""

    @property
    def points(self) -> int:
        """How many points a 2-D distribution gives."""

    @property
    def rescale(self) -> bool:
        """Whether points of a file are brought to [-1, 1] x [-1, 1]."""

    @property
    def drawing(self) -> str:
        """The density that was drawn, as drawing.py writes it."""

    @property
    def std(self) -> float:
        """Standard deviation of a 2-D distribution's noise."""


@dataclass(frozen=True)
class Modes:
    """The true modes of a toy distribution: ``centres`` (M, 2) and the standard deviation around each."""

    centres: NDArray[np.float64]
    std: float


@dataclass(frozen=True)
class Dataset:
    """Decoded data.

    ``array`` is uint8 NCHW for images (0..255) or float32 (N, 2) for points. ``labels`` is int64 (N,) where
    the data has them. ``skipped`` lists what was left out, as (name, reason).

    Training draws windows of ``wide``, uint8 (N, C, H + 2m, W + 2m), where there is one; ``array`` is its
    centre. With ``mirror`` it sees every other image mirrored.

    Images that are mapped from the disk stay as they are when a part is held out: ``rows`` then tells which
    of ``array`` belong. Labels are only of these.

    ``layers`` is there where each colour is an image of its own: the labelled grey images from which they
    come, and the class of a sample is the number whose digits are their classes.
    """

    name: str
    array: NDArray[np.uint8] | NDArray[np.float32]
    labels: NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    modes: Modes | None = None
    skipped: tuple[tuple[str, str], ...] = ()
    wide: NDArray[np.uint8] | None = None
    mirror: bool = False
    rows: NDArray[np.int64] | None = None
    layers: Dataset | None = None

    @property
    def is_images(self) -> bool:
        """Whether the data are images (else 2-D points)."""
        return self.array.ndim == 4

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample: (C, H, W) or (2,)."""
        return tuple(self.array.shape[1:])

    @property
    def is_mapped(self) -> bool:
        """Whether the images lie on the disk and not in memory."""
        return isinstance(self.array, np.memmap)

    def part(self, start: int, stop: int) -> NDArray[np.uint8] | NDArray[np.float32]:
        """The samples from ``start`` to before ``stop``."""
        return self.array[start:stop] if self.rows is None else self.array[self.rows[start:stop]]

    def __len__(self) -> int:
        return len(self.array if self.rows is None else self.rows)
