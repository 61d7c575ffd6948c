"""The seeded, shuffling, endless loader of batches whose position can be saved and restored exactly."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganstudio.data.dataset import Dataset
from ganstudio.errors import UserError


class Batch(NamedTuple):
    """Samples, float32 NCHW in [-1, 1] or points (N, 2), and, where they are asked for, labels (N,)."""

    samples: Tensor
    labels: Tensor | None

    def to(self, device: torch.device) -> Batch:
        """The batch on a device."""
        return Batch(self.samples.to(device), None if self.labels is None else self.labels.to(device))


class BatchLoader:
    """Draws full batches without end; each sample comes exactly once in an epoch.

    An epoch is a permutation of the data. Where fewer samples than a batch are left of it, the batch
    continues into the next permutation. The permutations come from a generator of their own on the CPU, so
    the order of the data is the same on every device and does not depend on what else is random.

    The data lie on ``device`` as they were decoded: images uint8 NCHW, points float32 (N, 2).
    """

    def __init__(
        self, dataset: Dataset, batch_size: int, seed: int, device: torch.device, *, labelled: bool = False
    ) -> None:
        """Move the data to ``device``; with ``labelled`` every batch brings its labels.

        Raises ValueError for empty data, an empty batch, or labels that are not there.
        """
        if labelled and dataset.labels is None:
            raise ValueError(f"{dataset.name} has no labels")
        if len(dataset) == 0 or batch_size < 1:
            raise ValueError(f"a loader needs samples and a batch, not {len(dataset)} and {batch_size}")
        # torch wants contiguous, writeable memory; np.require copies only where it is not.
        self._data = torch.from_numpy(np.require(dataset.array, requirements=["C", "W"])).to(device)
        self._labels = torch.from_numpy(dataset.labels).to(device) if labelled else None
        self.batch_size = batch_size
        self._generator = torch.Generator().manual_seed(seed)
        self._epoch = 0
        self._begin_epoch()

    def __len__(self) -> int:
        """How many samples an epoch has."""
        return len(self._data)

    @property
    def labelled(self) -> bool:
        """Whether batches bring labels."""
        return self._labels is not None

    @property
    def epoch(self) -> int:
        """Completed passes over the data, from 0."""
        return self._epoch

    def next_batch(self) -> Batch:
        """Return the next ``batch_size`` samples, each with its own label."""
        index = self._next_indices()
        labels = None if self._labels is None else self._labels.index_select(0, index)
        return Batch(_normalised(self._data.index_select(0, index)), labels)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``count`` samples drawn with replacement by a CPU ``generator`` of the caller's.

        The position stays: this is for probes and comparisons, which must not change what training
        sees. The form is that of a batch's samples.
        """
        index = torch.randint(len(self._data), (count,), generator=generator)
        return _normalised(self._data.index_select(0, index.to(self._data.device)))

    def draw_of(self, labels: Tensor, generator: torch.Generator) -> Tensor:
        """As ``draw``, with a sample of the class of each of ``labels`` (N,), which lie on the CPU."""
        if self._labels is None:
            raise ValueError("the loader has no labels")
        known = self._labels.cpu()
        index = torch.empty_like(labels)
        for label in torch.unique(labels):
            (of_class,) = torch.where(known == label)
            (wanted,) = torch.where(labels == label)
            index[wanted] = of_class[torch.randint(len(of_class), (len(wanted),), generator=generator)]
        return _normalised(self._data.index_select(0, index.to(self._data.device)))

    def draw_labels(self, count: int, generator: torch.Generator) -> Tensor | None:
        """Return ``count`` labels as frequent as in the data, by a ``generator`` on the data's device.

        None where the loader has no labels; the generator is not touched then.
        """
        if self._labels is None:
            return None
        index = torch.randint(len(self._data), (count,), generator=generator, device=self._data.device)
        return self._labels.index_select(0, index)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the position as ``{"numbers": {name: int}, "tensors": {name: numpy array}}``.

        It holds the generator as it was before it drew the running epoch's permutation, and how far the epoch
        is: a few kilobytes however large the data set is.
        """
        return {
            "numbers": {"epoch": self._epoch, "cursor": self._cursor, "samples": len(self._data)},
            "tensors": {"generator": self._epoch_generator_state.numpy().copy()},
        }

    def restore(self, state: dict[str, dict[str, Any]]) -> None:
        """Continue exactly where ``state`` was taken.

        Raises UserError where the data set has another number of samples than at that time, or the state is
        damaged; the loader is then as before.
        """
        numbers = state["numbers"]
        if numbers["samples"] != len(self._data):
            raise UserError(
                f"The data have changed: there were {numbers['samples']:,} samples when this was saved and "
                f"there are {len(self._data):,} now, so training cannot go on from the same place."
            )
        epoch, cursor = int(numbers["epoch"]), int(numbers["cursor"])
        try:
            if epoch < 0 or not 0 <= cursor <= len(self._data):
                raise ValueError(f"epoch {epoch}, position {cursor}")
            generator = torch.from_numpy(np.array(state["tensors"]["generator"], dtype=np.uint8))
            self._generator.set_state(generator)
        except (RuntimeError, TypeError, ValueError) as error:
            raise UserError("The saved position in the data is damaged.") from error
        self._epoch = epoch
        self._begin_epoch()
        self._cursor = cursor

    def _begin_epoch(self) -> None:
        self._epoch_generator_state = self._generator.get_state()
        order = torch.randperm(len(self._data), generator=self._generator)
        self._order = order.to(self._data.device)
        self._cursor = 0

    def _next_indices(self) -> Tensor:
        parts: list[Tensor] = []
        missing = self.batch_size
        while missing:
            if self._cursor == len(self._data):
                self._epoch += 1
                self._begin_epoch()
            part = self._order[self._cursor : self._cursor + missing]
            self._cursor += len(part)
            missing -= len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else torch.cat(parts)


def _normalised(samples: Tensor) -> Tensor:
    """uint8 0..255 -> float32 [-1, 1] by x / 127.5 - 1; points are returned as they are."""
    return samples.float().div_(127.5).sub_(1.0) if samples.dtype == torch.uint8 else samples
