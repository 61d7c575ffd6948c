"""The seeded, shuffling, endless loader of batches whose position can be saved and restored exactly."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganstudio.data.dataset import Dataset
from ganstudio.errors import UserError

# What one batch is made of, on the device: its places in the data, or what was read from the disk.
Portion = tuple[Tensor, ...]
_ALL = slice(None)


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

    The data lie on ``device`` as they were decoded: images uint8 NCHW, points float32 (N, 2). Images that are
    mapped from the disk stay there, and only batches come to the device.

    Which images are mirrored and which windows of wide ones are seen is drawn for a whole epoch by the same
    generator, after its permutation: it depends on the position alone, so that restoring is exact. Without
    either nothing is drawn.
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
        seen = dataset.array if dataset.wide is None else dataset.wide
        self._device = device
        self._data = torch.from_numpy(np.require(seen, requirements=["C", "W"]))
        self._is_resident = not dataset.is_mapped or device.type == "cpu"
        self._data = self._data.to(device) if self._is_resident else self._data
        self._rows = None if dataset.rows is None else torch.from_numpy(dataset.rows).to(self._data.device)
        self._count = len(dataset)
        self._mirrors = dataset.mirror
        self._side = dataset.sample_shape[-1]
        self._margin = 0 if dataset.wide is None else (seen.shape[-1] - self._side) // 2
        self._labels = torch.from_numpy(dataset.labels).to(device) if labelled else None
        self.batch_size = batch_size
        self.share = _ALL  # the part of each batch to take, where several processes share it
        self._generator = torch.Generator().manual_seed(seed)
        self._epoch = 0
        self._begin_epoch()

    def __len__(self) -> int:
        """How many samples an epoch has."""
        return self._count

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
        return self.batch_of(self.next_portion())

    def next_portion(self) -> Portion:
        """Go on by ``batch_size`` samples, and return what ``batch_of`` makes their batch of.

        All that the host has to do happens here.
        """
        places = self._next_places()
        if self.share != _ALL:
            places = places[:, self.share]
        if self._is_resident:
            return (places,)
        samples, labels = self._batch_at(places)
        return (samples,) if labels is None else (samples, labels)

    def batch_of(self, portion: Portion) -> Batch:
        """The batch of a portion, by work of the device alone: it can be captured and replayed."""
        if self._is_resident:
            return self._batch_at(*portion)
        return Batch(portion[0], portion[1] if self.labelled else None)

    def _batch_at(self, places: Tensor) -> Batch:
        index = places[0]
        labels = None if self._labels is None else self._labels.index_select(0, carried(index, self._device))
        samples = self._read(index)
        if self._margin:
            samples = self._windows(samples, places[-2], places[-1])
        if self._mirrors:
            samples = torch.where(places[1].bool().view(-1, 1, 1, 1), samples.flip(-1), samples)
        return Batch(self._given(samples), labels)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``count`` samples drawn with replacement by a CPU ``generator`` of the caller's.

        The position stays: this is for probes and comparisons, which must not change what training
        sees. The form is that of a batch's samples; images are neither mirrored nor moved.
        """
        index = torch.randint(self._count, (count,), generator=generator)
        return self._given(self._centres(self._read(index)))

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
        return self._given(self._centres(self._read(index)))

    def draw_labels(self, count: int, generator: torch.Generator) -> Tensor | None:
        """Return ``count`` labels as frequent as in the data, by a ``generator`` on the data's device.

        None where the loader has no labels; the generator is not touched then.
        """
        if self._labels is None:
            return None
        index = torch.randint(self._count, (count,), generator=generator, device=self._device)
        return self._labels.index_select(0, index)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the position as ``{"numbers": {name: int}, "tensors": {name: numpy array}}``.

        It holds the generator as it was before it drew the running epoch's permutation, and how far the epoch
        is: a few kilobytes however large the data set is.
        """
        return {
            "numbers": {"epoch": self._epoch, "cursor": self._cursor, "samples": self._count},
            "tensors": {"generator": self._epoch_generator_state.numpy().copy()},
        }

    def restore(self, state: dict[str, dict[str, Any]]) -> None:
        """Continue exactly where ``state`` was taken.

        Raises UserError where the data set has another number of samples than at that time, or the state is
        damaged; the loader is then as before.
        """
        numbers = state["numbers"]
        if numbers["samples"] != self._count:
            raise UserError(
                f"The data have changed: there were {numbers['samples']:,} samples when this was saved and "
                f"there are {self._count:,} now, so training cannot go on from the same place."
            )
        epoch, cursor = int(numbers["epoch"]), int(numbers["cursor"])
        try:
            if epoch < 0 or not 0 <= cursor <= self._count:
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
        count = self._count
        # One row for each thing that is decided by position: sample, mirrored or not, window's place.
        rows = [torch.randperm(count, generator=self._generator)]
        if self._mirrors:
            rows.append(torch.randint(2, (count,), generator=self._generator))
        if self._margin:
            rows += torch.randint(2 * self._margin + 1, (2, count), generator=self._generator)
        self._places = carried(torch.stack(rows), self._data.device)
        self._cursor = 0

    def _read(self, index: Tensor) -> Tensor:
        """The stored samples of these numbers (N,), where the data lie."""
        index = carried(index, self._data.device)
        return self._data.index_select(0, index if self._rows is None else self._rows[index])

    def _given(self, samples: Tensor) -> Tensor:
        """Samples in the form of a batch, on the device."""
        return normalised(carried(samples, self._device))

    def _centres(self, samples: Tensor) -> Tensor:
        m = self._margin
        return samples[:, :, m : m + self._side, m : m + self._side] if m else samples

    def _windows(self, samples: Tensor, tops: Tensor, lefts: Tensor) -> Tensor:
        """From (N, C, S, S) the windows whose upper left corners are at (tops, lefts), each (N,)."""
        views = samples.unfold(2, self._side, 1).unfold(3, self._side, 1)  # (N, C, places, places, H, W)
        return views[torch.arange(len(samples), device=samples.device), :, tops, lefts]

    def _next_places(self) -> Tensor:
        """Columns of what was decided for the next samples: (1 to 4, batch size)."""
        parts: list[Tensor] = []
        missing = self.batch_size
        while missing:
            if self._cursor == self._count:
                self._epoch += 1
                self._begin_epoch()
            count = min(missing, self._count - self._cursor)
            parts.append(self._places.narrow(1, self._cursor, count))
            self._cursor += count
            missing -= count
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)


def carried(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on a device; a copy to a CUDA device is not waited for."""
    if tensor.device == device:
        return tensor
    if device.type == "cuda" and tensor.device.type == "cpu":
        return tensor.pin_memory().to(device, non_blocking=True)
    return tensor.to(device)


def normalised(samples: Tensor) -> Tensor:
    """uint8 0..255 -> float32 [-1, 1] by x / 127.5 - 1; points are returned as they are."""
    return samples.float().div_(127.5).sub_(1.0) if samples.dtype == torch.uint8 else samples
