"""Measurements made by hand, as the probes send them."""

import numpy as np

from ganstudio.engine.events import GradientNorms, Measured

RNG = np.random.default_rng(1)


def bytes_of(*names):
    return np.frombuffer("\n".join(names).encode(), np.uint8).copy()


def places(iteration, real=0.5, fake=2.0, count=32):
    return Measured(
        iteration,
        "places",
        {
            "interpolates": np.ones(count, np.float32),
            "real": np.full(count, real, np.float32),
            "fake": np.full(count, fake, np.float32),
        },
    )


def eps(iteration):
    at = np.linspace(0, 1, 5)
    mean = np.array([1.0, 1.5, 2.0, 1.0, 0.5])
    return Measured(iteration, "eps", {"eps": at, "mean": mean, "low": mean - 0.2, "high": mean + 0.2})


def depth(iteration, probe="depth"):
    return Measured(
        iteration, probe, {"names": bytes_of("input", "hidden", "score"), "norms": np.array([0.01, 0.1, 1.0])}
    )


def weights(iteration, clip=float("nan"), stuck=(np.nan, np.nan)):
    edges = np.linspace(-0.01, 0.01, 5)
    return Measured(
        iteration,
        "weights",
        {
            "names": bytes_of("layers.0", "layers.1"),
            "counts": np.array([[1, 5, 5, 1], [4, 0, 0, 4]]),
            "edges": np.stack([edges, edges]),
            "stuck": np.array(stuck, np.float32),
            "clip": np.array([clip], np.float32),
        },
    )


def norms(iteration, values, *, points="none", target=1.0):
    values = np.asarray(values, np.float32)
    shapes = {"images": (len(values), 1, 8, 8), "plane": (len(values), 2)}
    drawn = RNG.uniform(-1, 1, shapes[points]).astype(np.float32) if points in shapes else None
    return GradientNorms(iteration, values, target, "interpolates", drawn)
