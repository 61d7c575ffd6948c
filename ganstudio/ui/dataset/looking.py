"""What the data set browser finds out; it runs in a job's thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ganstudio.data import DATASETS
from ganstudio.data.dataset import Dataset, Progress
from ganstudio.data.pixels import from_pixels
from ganstudio.experiment.model import Experiment

PREVIEW = 64  # images that are decoded to look at a folder
COUNTED = 5000  # samples that mean and spread are taken of
SEEN = 48  # of a batch at most

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """The data of an experiment, or a first look at them.

    ``total`` is how many samples the source has, ``counts`` the samples of each class in it. ``seen`` is the
    first batch of training as the critic gets it: (N, C, H, W) in [-1, 1] or (N, 2); None in a first look.
    """

    dataset: Dataset
    total: int
    held_out: int
    is_preview: bool
    counts: tuple[tuple[str, int], ...]
    mean: Floats  # of a sample, in the numbers that the critic sees
    spread: float
    seen: Floats | None
    skipped: tuple[tuple[str, str], ...]


def look(experiment: Experiment, progress: Progress, *, whole: bool) -> Look:
    """Load the data, or where they must be decoded and not ``whole``, a random few. Nothing is downloaded.

    Raises UserError.
    """
    data = experiment.data
    source = DATASETS[data.source]
    decoded = "decoded" in source.traits
    settings = data.model_copy(update={"download": False})
    total = 0
    counts: tuple[tuple[str, int], ...] = ()
    if decoded:
        total, counts = _listed(data.path, progress)
        few = {"limit": min(data.limit or PREVIEW, PREVIEW)}
        # From the disk: the window shares the file with training and needs no memory of its own.
        settings = settings.model_copy(update={"storage": "disk"} if whole else few)
    dataset: Dataset = source.load()(settings, experiment.seed, progress)
    is_preview = decoded and not whole
    if not is_preview:
        total, counts = len(dataset), _counts(dataset)
    step = max(1, len(dataset) // COUNTED)
    picked = dataset.array[::step]
    some = from_pixels(picked) if dataset.is_images else np.asarray(picked, np.float32)
    held, seen = (0, None) if is_preview else _first_batch(experiment, dataset, distribution=source.traits)
    return Look(
        dataset,
        total,
        held,
        is_preview,
        counts,
        some.mean(axis=0),
        float(some.std()),
        seen,
        dataset.skipped,
    )


def beside_nearest(samples: Floats, dataset: Dataset, progress: Progress) -> Floats:
    """Samples (N, C, H, W) in [-1, 1], at the left, joined with their nearest images: (N, C, H, 2W)."""
    from ganstudio.engine.explorer import find_all_nearest

    found = find_all_nearest(samples, dataset, progress)
    return np.concatenate([samples, np.stack([neighbour.sample for neighbour in found])], axis=3)


def _listed(path: str, progress: Progress) -> tuple[int, tuple[tuple[str, int], ...]]:
    from ganstudio.data.folder import classes
    from ganstudio.data.image_sources import open_source
    from ganstudio.data.selection import expanded

    with open_source(expanded(path), progress) as found:
        names = found.listing.names
    labels, class_names = classes(names)
    if labels is None:
        return len(names), ()
    counted = Counter(labels.tolist())
    return len(names), tuple((name, counted[k]) for k, name in enumerate(class_names))


def _counts(dataset: Dataset) -> tuple[tuple[str, int], ...]:
    if dataset.labels is None or not dataset.class_names:
        return ()
    counted = np.bincount(dataset.labels, minlength=len(dataset.class_names))
    return tuple(zip(dataset.class_names, counted.tolist(), strict=True))


def _first_batch(
    experiment: Experiment, dataset: Dataset, *, distribution: frozenset[str]
) -> tuple[int, Floats]:
    """How many samples are held out, and the first batch of training."""
    import torch

    from ganstudio.data import held_out
    from ganstudio.data.loader import BatchLoader
    from ganstudio.engine.seeds import derived_seed

    share = experiment.data.held_out
    training = replace(dataset, mirror=experiment.data.mirror and dataset.is_images)
    if "distribution" in distribution:
        held = round(share * len(dataset))
    else:
        training, apart = held_out.split(training, share, experiment.seed)
        held = len(apart) if apart else 0
    order = derived_seed(experiment.seed, "batches")
    loader = BatchLoader(training, experiment.schedule.batch_size, order, torch.device("cpu"))
    return held, loader.next_batch().samples[:SEEN].numpy()
