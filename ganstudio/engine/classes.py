"""The classes of a conditional experiment."""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
import torch
from torch import Tensor

from ganstudio.data.dataset import Dataset
from ganstudio.errors import UserError
from ganstudio.experiment.conditions import is_conditional
from ganstudio.experiment.model import Experiment


def class_names(experiment: Experiment, dataset: Dataset) -> tuple[str, ...]:
    """The names of the classes that the networks are told, by label; none where they are told none.

    Raises UserError where the data have no labels, or no sample of one of the classes.
    """
    if not is_conditional(experiment):
        return ()
    if dataset.labels is None:
        raise UserError(f"The data set {dataset.name} has no classes to train on; switch conditioning off.")
    names = dataset.class_names or tuple(map(str, range(int(dataset.labels.max()) + 1)))
    counts = np.bincount(dataset.labels, minlength=len(names))
    if not counts.all():
        raise UserError(
            f"None of the {len(dataset):,} samples used is of the class {names[int(counts.argmin())]!r}; use "
            "more samples, or switch conditioning off."
        )
    return names


def row_labels(count: int, classes: int) -> Tensor | None:
    """Labels (count,) that give every row of a near-square grid one class, in turn; None without classes."""
    if not classes:
        return None
    columns = ceil(sqrt(count))
    return torch.arange(count) // columns % classes
