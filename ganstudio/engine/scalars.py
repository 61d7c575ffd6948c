"""Scalars of many iterations, kept on the device and brought over in one block."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from ganstudio.engine.events import SCALARS, Metrics


class ScalarBlock:
    """Collects one row an iteration without waiting for the device."""

    def __init__(self) -> None:
        self._iterations: list[int] = []
        self._seconds: list[float] = []
        self._rows: list[dict[str, Tensor]] = []
        self.last: dict[str, float | None] = dict.fromkeys(SCALARS)

    def __len__(self) -> int:
        return len(self._rows)

    def restart(self, last: Mapping[str, float | None]) -> None:
        """Forget what was not taken, and what was last is ``last``."""
        self._iterations, self._seconds, self._rows = [], [], []
        self.last = dict.fromkeys(SCALARS) | dict(last)

    def add(self, iteration: int, seconds: float, row: Mapping[str, Tensor | None]) -> None:
        """Remember the scalars (0-dimensional tensors) of one iteration.

        Names are from SCALARS; None where one does not apply.
        """
        self._iterations.append(iteration)
        self._seconds.append(seconds)
        self._rows.append({name: tensor for name, tensor in row.items() if tensor is not None})

    def take(self) -> Metrics | None:
        """All that was collected since, or None; this waits for the device."""
        if not self._rows:
            return None
        values = {name: np.full(len(self._rows), math.nan) for name in SCALARS}
        tensors = [tensor for row in self._rows for tensor in row.values()]
        numbers = iter(torch.stack(tensors).to("cpu", torch.float64).tolist())
        for at, row in enumerate(self._rows):
            for name in row:
                values[name][at] = next(numbers)
        metrics = Metrics(self._iterations[-1], np.array(self._iterations), np.array(self._seconds), values)
        self._iterations, self._seconds, self._rows = [], [], []
        self._remember(metrics)
        return metrics

    def _remember(self, metrics: Metrics) -> None:
        for name, column in metrics.values.items():
            known = column[np.isfinite(column)]
            if len(known):
                self.last[name] = float(known[-1])


def first_non_finite(metrics: Metrics) -> int | None:
    """The first iteration whose critic or generator loss is infinite or NaN, or None."""
    bad = ~(np.isfinite(metrics.values["critic_loss"]) & np.isfinite(metrics.values["generator_loss"]))
    return int(metrics.iterations[bad.argmax()]) if bad.any() else None


def until(metrics: Metrics, iteration: int) -> Metrics | None:
    """The part of a block before ``iteration``, or None where there is none."""
    keep = metrics.iterations < iteration
    if not keep.any():
        return None
    values = {name: column[keep] for name, column in metrics.values.items()}
    iterations = metrics.iterations[keep]
    return Metrics(int(iterations[-1]), iterations, metrics.seconds[keep], values)
