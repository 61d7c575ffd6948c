"""A part of the data that training never sees, to tell a critic that has learnt from one that remembers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ganstudio.data import DATASETS
from ganstudio.data.dataset import DataRequest, Dataset, Progress, silent


def load(request: DataRequest, seed: int, progress: Progress) -> tuple[Dataset, Dataset | None]:
    """Load what is trained on and what is held out; None for nothing.

    ``request.held_out`` is the share, 0 to 0.5. Of real data it is taken away from training. A distribution
    gives as many fresh points instead. Raises what loading the data raises.
    """
    source = DATASETS[request.source]
    dataset: Dataset = source.load()(request, seed, progress)
    dataset = replace(dataset, mirror=request.mirror and dataset.is_images)
    if "distribution" not in source.traits:
        return split(dataset, request.held_out, seed)
    count = round(request.held_out * len(dataset))
    if not count:
        return dataset, None
    fresh: Dataset = source.load()(request, _another(seed), silent)
    return dataset, _part(fresh, np.arange(count))


def split(dataset: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset | None]:
    """Split data by chance into the rest and a ``share``, classes in proportion; both keep their order."""
    count = round(share * len(dataset))
    if not count:
        return dataset, None
    order = np.random.default_rng(_another(seed)).permutation(len(dataset))
    if dataset.labels is not None:
        order = order[np.argsort(dataset.labels[order], kind="stable")]
    # Evenly through the classes one after the other, so that each gives its share.
    chosen = order[np.floor((np.arange(count) + 0.5) * len(dataset) / count).astype(np.int64)]
    is_held = np.zeros(len(dataset), dtype=bool)
    is_held[chosen] = True
    return _part(dataset, np.flatnonzero(~is_held)), _part(dataset, np.flatnonzero(is_held))


def _part(dataset: Dataset, index: NDArray[np.int64]) -> Dataset:
    labels = None if dataset.labels is None else dataset.labels[index]
    if dataset.is_mapped:  # a copy would not fit into memory
        return replace(dataset, rows=index if dataset.rows is None else dataset.rows[index], labels=labels)
    if dataset.wide is None:
        return replace(dataset, array=dataset.array[index], labels=labels)
    wide = dataset.wide[index]
    m = (wide.shape[2] - dataset.array.shape[2]) // 2
    return replace(dataset, array=wide[:, :, m:-m, m:-m], wide=wide, labels=labels)


def _another(seed: int) -> int:
    """A seed of a stream that has nothing to do with the data's own."""
    return int(np.random.SeedSequence([seed, 1]).generate_state(1)[0])
