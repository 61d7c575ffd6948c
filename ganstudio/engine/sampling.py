"""Samples from a saved state, without training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine.build import build_generator, draw_latents, draw_truncated_latents
from ganstudio.engine.classes import row_labels
from ganstudio.engine.devices import resolve
from ganstudio.engine.events import Snapshot
from ganstudio.engine.seeds import stream
from ganstudio.engine.state import load_network
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse
from ganstudio.probes.samples import CHUNK, draw_samples


def sample(
    snapshot: Snapshot,
    *,
    count: int,
    seed: int,
    device: str = "cpu",
    label: str | None = None,
    truncation: float | None = None,
) -> NDArray[np.float32]:
    """``count`` samples of the snapshot's generator.

    NCHW in [-1, 1] or (N, 2). Equal seeds give equal samples. ``label`` names the class of all of them;
    without it the classes come one a row of a grid. ``truncation`` bounds the numbers of z (Brock et al.
    2019, section 3.1).

    Raises UserError where the device or the class does not exist, where the truncation is too small, or where
    the weights do not fit the experiment.
    """
    batches = sample_batches(
        snapshot, count=count, seed=seed, device=device, label=label, truncation=truncation
    )
    return np.concatenate([samples for samples, _ in batches])


def sample_batches(
    snapshot: Snapshot,
    *,
    count: int,
    seed: int,
    device: str = "cpu",
    label: str | None = None,
    truncation: float | None = None,
    in_turn: bool = False,
) -> Iterator[tuple[NDArray[np.float32], list[str]]]:
    """The samples of ``sample``, a few hundred at a time, with the name of each one's class.

    The names are empty without classes. With ``in_turn`` one class follows the other instead of filling the
    rows of a grid. Raises UserError as ``sample`` does.
    """
    where = resolve(device)
    names = snapshot.numbers.get("class_names", [])  # states of the first releases know no classes
    labels = _labels(names, count, label, in_turn=in_turn)
    weights = snapshot.tensors.get("generator_ema", snapshot.tensors["generator"])
    generator, experiment = saved_generator(snapshot.numbers, weights)
    generator.to(where)
    random, cpu = stream(seed, "samples"), resolve("cpu")
    if truncation is None:
        latents = draw_latents(experiment, count, random, cpu)
    else:
        latents = draw_truncated_latents(experiment, count, random, cpu, truncation)
    for begin in range(0, count, CHUNK):
        part = slice(begin, begin + CHUNK)
        given = None if labels is None else labels[part]
        drawn = draw_samples(generator, latents[part].to(where), None if given is None else given.to(where))
        yield drawn.cpu().numpy(), [] if given is None else [names[i] for i in given.tolist()]


def saved_generator(
    numbers: Mapping[str, Any], weights: Mapping[str, NDArray[Any]]
) -> tuple[nn.Module, Experiment]:
    """The generator of a snapshot's ``numbers`` with these weights, on the CPU, and its experiment.

    Raises UserError where the weights do not fit the experiment.
    """
    experiment = parse(numbers["experiment"])
    classes = len(numbers.get("class_names", []))
    generator = build_generator(experiment, tuple(numbers["sample_shape"]), classes)
    try:
        load_network(generator, weights)
    except (RuntimeError, KeyError) as error:
        raise UserError(
            f"The saved generator does not fit its experiment: {' '.join(str(error).split())}."
        ) from error
    return generator, experiment


def _labels(names: Sequence[str], count: int, label: str | None, *, in_turn: bool) -> Tensor | None:
    if label is None and in_turn and names:
        return torch.arange(count) % len(names)
    if label is None:
        return row_labels(count, len(names))
    if not names:
        raise UserError("This generator knows no classes, so none can be asked for.")
    if label not in names:
        raise UserError(f"There is no class {label!r}; there are {', '.join(names)}.")
    return torch.full((count,), names.index(label))
