"""The three toy distributions of the WGAN-GP paper's figure 1, at the scale of its authors' script.

The studio's own toys fill [-1, 1]; the paper's have about unit variance, which matters beside unit-variance
noise. The spreads are the script's too: modes of standard deviation 0.02 / sqrt(2) on the ring and
0.05 / (2 sqrt(2)) on the grid, noise of 0.25 / 7.5 around the roll.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ganstudio.data import DATASETS
from ganstudio.data.dataset import Dataset, Modes, silent
from ganstudio.data.toy import grid_centres, ring_centres
from ganstudio.experiment.data_groups import DataSettings

POINTS = 50_000
ROLL = 4.5 * pi  # greatest radius of the roll before the script divides it by 7.5


@dataclass(frozen=True)
class Toy:
    """A distribution: the studio's data set, the factor to the paper's scale, the paper's spread."""

    source: str
    title: str
    scale: float
    spread: float


TOYS = (
    Toy("ring", "8 Gaussians", sqrt(2), 0.02 / sqrt(2)),
    Toy("grid", "25 Gaussians", sqrt(2), 0.05 / (2 * sqrt(2))),
    Toy("swissroll", "Swiss roll", ROLL / 7.5, 0.25 / 7.5),
)


def paper_data(toy: Toy, seed: int) -> Dataset:
    """The toy's points (50,000, 2) at the paper's scale; the modes are scaled with them."""
    settings = DataSettings(source=toy.source, points=POINTS, std=toy.spread / toy.scale)
    dataset: Dataset = DATASETS[toy.source].load()(settings, seed, silent)
    points = (dataset.array * np.float32(toy.scale)).astype(np.float32)
    modes = dataset.modes and Modes(dataset.modes.centres * toy.scale, dataset.modes.std * toy.scale)
    return replace(dataset, array=points, modes=modes)


def valleys(toy: Toy) -> NDArray[np.float64]:
    """Neighbouring places of the data with the middle between them: (P, 3, 2) as (one, other, middle).

    Adjacent modes of ring and grid; neighbouring arms of the roll at the same angle.
    """
    if toy.source == "swissroll":
        t = np.linspace(1.5 * pi, 2.5 * pi, 25)[:, None]
        direction = np.concatenate([np.cos(t), np.sin(t)], axis=1) / ROLL
        inner, outer = t * direction, (t + 2 * pi) * direction
    else:
        centres = ring_centres() if toy.source == "ring" else grid_centres()
        distance = np.linalg.norm(centres[:, None] - centres[None], axis=2)
        nearest = distance[distance > 0].min()
        one, other = np.nonzero(np.triu(distance < 1.01 * nearest, 1))
        inner, outer = centres[one], centres[other]
    return toy.scale * np.stack([inner, outer, (inner + outer) / 2], axis=1)
