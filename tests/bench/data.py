"""How long a folder or zip of images takes until training can begin, and whether a step ever waits for data.

Run by ``python -m tests.bench data [PATH] [--size 32]``; without a path on 5,000 JPEGs that it makes. The
first time all images are decoded, afterwards they come from a cache of this benchmark's own. What a training
step waits for its batches is measured with the images in memory and mapped from the disk.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import numpy as np
from PIL import Image

from ganstudio.data import held_out
from ganstudio.data.dataset import Dataset, silent
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values

Made = TypeVar("Made")
COUNT, SIDE = 5_000, 128  # of the images that it makes
GOALS = {"first": "20 s for 50,000", "cache": "2 s for 50,000"}
SMALL = {
    "generator.kind": "dcgan",
    "generator.width": 32,
    "critic.kind": "dcgan",
    "critic.width": 32,
    "schedule.batch_size": 64,
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("path", nargs="?", type=Path, help="folder or zip of images; default: made-up ones")
    parser.add_argument("--size", type=int, default=32, help="side that the images are brought to")
    parser.add_argument("--seconds", type=float, default=15, help="of training for each of the two places")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        path = arguments.path or made_up(Path(name, "images"))
        with (
            patch("ganstudio.data.folder.decoded_folder", lambda: Path(name, "cache")),
            patch("ganstudio.data.cache.decoded_folder", lambda: Path(name, "cache")),
        ):
            print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
            for turn, goal in GOALS.items():
                dataset, taken = load(experiment_of(path, arguments.size, "memory"))
                print(f"{turn:<6} {len(dataset):,} images ready in {taken:.2f} s (goal {goal})", flush=True)
            for storage in ("memory", "disk"):
                experiment = experiment_of(path, arguments.size, storage)
                words = waiting(experiment, load(experiment)[0], arguments.seconds)
                print(f"images in {storage if storage == 'memory' else 'a file'}: {words}", flush=True)


def made_up(folder: Path) -> Path:
    """JPEGs of smooth random colours."""
    random = np.random.default_rng(0)
    folder.mkdir()
    for number in range(COUNT):
        coarse = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(folder / f"{number:05}.jpg", quality=90)
    return folder


def experiment_of(path: Path, size: int, storage: str) -> Experiment:
    """A small DCGAN on these images."""
    data = {"source": "folder", "path": str(path), "size": size, "channels": 3, "storage": storage}
    return with_values(Experiment(), {**SMALL, **{f"data.{name}": value for name, value in data.items()}})


def load(experiment: Experiment) -> tuple[Dataset, float]:
    """The data, and the seconds until they are ready."""
    begun = time.perf_counter()
    dataset, _ = held_out.load(experiment.data, experiment.seed, silent)
    return dataset, time.perf_counter() - begun


def waiting(experiment: Experiment, dataset: Dataset, seconds: float) -> str:
    """Train for some seconds, and say which share of them went into getting batches."""
    trainer = Trainer(experiment, device="cpu", dataset=dataset)
    reads: list[float] = []  # what the host does for a batch, and then the device
    loads: list[float] = []
    loader = trainer.players.loader
    with (
        patch.object(loader, "next_portion", timed(loader.next_portion, reads)),
        patch.object(loader, "batch_of", timed(loader.batch_of, loads)),
    ):
        begun = time.perf_counter()
        for _ in trainer.run(1_000_000):
            if time.perf_counter() - begun > seconds and not trainer.control.stop_wanted.is_set():
                trainer.control.stop()
        whole = time.perf_counter() - begun
    waits = [one + other for one, other in zip(reads, loads, strict=True)]
    return (
        f"{len(waits):,} batches, each waited for {1e3 * float(np.median(waits)):.2f} ms "
        f"(slowest {1e3 * max(waits):.1f}), {100 * sum(waits) / whole:.2f} % of the training"
    )


def timed(function: Callable[..., Made], seconds: list[float]) -> Callable[..., Made]:
    """A function that notes how long each call took."""

    def call(*given: Any) -> Made:
        begun = time.perf_counter()
        result = function(*given)
        seconds.append(time.perf_counter() - begun)
        return result

    return call
