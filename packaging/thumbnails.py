#!/usr/bin/env python3
"""Draw the pictures of the start page's cards from real training: every preset, or those that are named.

python packaging/thumbnails.py [--data FOLDER] [--device NAME] [preset ...]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ganstudio.engine.events import Samples, Started
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import presets
from ganstudio.experiment.parse import with_values

SIDE = 228  # three times the 76 px at which a card shows it
BACKGROUND, REAL, GENERATED = "#1b1e25", "#3d6f96", "#f2914f"
FOLDER = Path(__file__).resolve().parents[1] / "resources" / "thumbnails"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("presets", nargs="*", default=list(presets()))
    parser.add_argument("--data", default="", help="folder of a data set that is not built in")
    parser.add_argument("--iterations", type=int, help="train for this many instead of what the preset says")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    for name in arguments.presets:
        experiment = presets()[name].experiment
        if arguments.data:
            experiment = with_values(experiment, {"data.path": arguments.data})
        wanted = arguments.iterations or presets()[name].iterations
        started = samples = None
        for event in Trainer(experiment, device=arguments.device).run(wanted):
            if isinstance(event, Started):
                started = event
            elif isinstance(event, Samples):
                samples = event
        picture = (
            points(started.real, samples.generated)
            if samples.generated.ndim == 2
            else grid(samples.generated)
        )
        picture.save(FOLDER / f"{name}.png", optimize=True)
        print(f"{name}: iteration {samples.iteration}")


def grid(samples_NCHW: NDArray[np.float32]) -> Image.Image:
    """Nine samples in a square, from all rows of the grid: where rows are classes, they differ."""
    chosen = samples_NCHW[np.linspace(0, len(samples_NCHW) - 1, 9).astype(int)]
    side = SIDE // 3
    whole = Image.new("RGB", (SIDE, SIDE), BACKGROUND)
    for i, sample in enumerate(chosen):
        pixels = np.clip((sample.transpose(1, 2, 0) + 1) * 127.5, 0, 255).astype(np.uint8)
        tile = Image.fromarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)).copy())
        tile = tile.resize((side - 2, side - 2), Image.Resampling.NEAREST)
        whole.paste(tile, (i % 3 * side + 1, i // 3 * side + 1))
    return whole


def points(real: NDArray[np.float32], generated: NDArray[np.float32]) -> Image.Image:
    """Generated points over real ones."""
    whole = Image.new("RGB", (SIDE, SIDE), BACKGROUND)
    draw = ImageDraw.Draw(whole)
    reach = float(np.abs(real).max()) * 1.1
    for cloud, colour, radius in ((real, REAL, 2), (generated, GENERATED, 1.5)):
        for x, y in (cloud[:1000] / reach * [1, -1] + 1) * SIDE / 2:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return whole


if __name__ == "__main__":
    main()
