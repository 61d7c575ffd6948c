"""Hand-made events for the panels' tests, and a look at what was painted."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QWidget

from ganstudio.data.dataset import Modes
from ganstudio.engine.events import SCALARS, Evaluated, GradientNorms, Measured, Metrics, Samples, Started
from ganstudio.experiment.describe import flatten, nest
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse

RNG = np.random.default_rng(0)


def experiment(**changes: object) -> Experiment:
    """The default experiment with some settings changed; a dot is written as two underscores."""
    values = {**flatten(Experiment()), **{path.replace("__", "."): value for path, value in changes.items()}}
    return parse(nest(values))


def non_saturating() -> Experiment:
    return experiment(objective__kind="non-saturating", lipschitz__kind="none")


def clipped() -> Experiment:
    return experiment(lipschitz__kind="weight-clipping")


def metrics(first: int, last: int, **known: object) -> Metrics:
    """Rows of iterations ``first`` to ``last``; scalars that are not named do not apply (NaN)."""
    iterations = np.arange(first, last + 1)
    values = {name: np.full(len(iterations), math.nan) for name in SCALARS}
    for name, value in known.items():
        values[name] = np.broadcast_to(np.asarray(value, dtype=np.float64), iterations.shape).copy()
    return Metrics(last, iterations, iterations * 0.5, values)


def wgan_gp(first: int, last: int) -> Metrics:
    count = last - first + 1
    return metrics(
        first,
        last,
        critic_loss=-1.0 + 0.1 * RNG.normal(size=count),
        generator_loss=0.5 * np.ones(count),
        wasserstein_estimate=1.0 + 0.1 * RNG.normal(size=count),
        gradient_penalty=0.1 * np.ones(count),
        gradient_norm_mean=1.0 + 0.05 * RNG.normal(size=count),
    )


def started(*, images: bool = True, iteration: int = 0, **changes: object) -> Started:
    modes = Modes(np.array([[1.0, 0.0], [-1.0, 0.0]]), 0.05)
    points = RNG.normal(scale=0.5, size=(300, 2)).astype(np.float32)
    known: dict[str, object] = {
        "iteration": iteration,
        "target_iteration": 1000,
        "device": "cpu",
        "device_title": "CPU (1 thread)",
        "sample_shape": (1, 8, 8) if images else (2,),
        "dataset_size": 1797,
        "generator_parameters": 12345,
        "critic_parameters": 6789,
        "real": RNG.uniform(-1, 1, (16, 1, 8, 8)).astype(np.float32) if images else points,
        "modes": None if images else modes,
        "skipped": (),
    }
    return Started(**{**known, **changes})  # type: ignore[arg-type]


def samples(iteration: int, *, images: bool = True, channels: int = 1, count: int = 9) -> Samples:
    shape = (count, channels, 8, 8) if images else (count, 2)
    return Samples(iteration, RNG.uniform(-1, 1, shape).astype(np.float32))


def norms(iteration: int, values: object, target: float | None = 1.0) -> GradientNorms:
    return GradientNorms(iteration, np.asarray(values, dtype=np.float32), target)


def bowl(iteration: int, height: float = 0.0) -> Measured:
    """The surface of D(x) = |x|^2 / 2 + height over [-2, 2]^2, with two arrows."""
    line = np.linspace(-2, 2, 9)
    x, y = np.meshgrid(line, line)
    arrays = {
        "bounds": np.array([-2, 2, -2, 2], np.float32),
        "values": ((x**2 + y**2) / 2).astype(np.float16),
        "level": np.float32(height),
        "field": np.stack([x, y], axis=-1).astype(np.float16),
        "real": np.array([[1, 0], [0, 1]], np.float16),
        "fake": np.array([[-1, 0], [0, -1]], np.float16),
        "arrows": np.array([[1, 0], [0, 0.5]], np.float16),
        "latent": np.stack([x, y], axis=-1)[::4, ::4].astype(np.float16),
        "estimate": np.float32(0.5),
        "slope": np.float32(2.0),
    }
    return Measured(iteration, "surface", {name: np.asarray(array) for name, array in arrays.items()})


def evaluated(iteration: int, **figures: float) -> Evaluated:
    return Evaluated(iteration, figures or {"w1": 0.3, "w1_real": 0.1}, {"generated samples": 4096})


def colours_in(widget: QWidget) -> dict[tuple[int, int, int], int]:
    """How often each colour (R, G, B) was painted."""
    image = widget.grab().toImage().convertToFormat(widget.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    return {(int(r), int(g), int(b)): int(n) for (r, g, b), n in zip(found, counts, strict=True)}


def rgb(colour: str) -> tuple[int, int, int]:
    """The parts of a colour that is written as #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
