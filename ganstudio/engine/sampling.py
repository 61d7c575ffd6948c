"""Samples from a saved state, without training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.engine.build import build_generator, draw_latents, draw_truncated_latents
from ganstudio.engine.classes import row_labels
from ganstudio.engine.devices import resolve
from ganstudio.engine.events import Snapshot
from ganstudio.engine.seeds import stream
from ganstudio.engine.state import load_network
from ganstudio.errors import UserError
from ganstudio.experiment.parse import parse
from ganstudio.probes.samples import draw_samples


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
    experiment = parse(snapshot.numbers["experiment"])
    where = resolve(device)
    names = snapshot.numbers.get("class_names", [])  # states of the first releases know no classes
    labels = _labels(names, count, label)
    generator = build_generator(experiment, tuple(snapshot.numbers["sample_shape"]), len(names))
    try:
        # The moving average where there is one, as in the samples that training shows.
        load_network(generator, snapshot.tensors.get("generator_ema", snapshot.tensors["generator"]))
    except (RuntimeError, KeyError) as error:
        raise UserError(
            f"The saved generator does not fit its experiment: {' '.join(str(error).split())}."
        ) from error
    random, cpu = stream(seed, "samples"), resolve("cpu")
    if truncation is None:
        latents = draw_latents(experiment, count, random, cpu)
    else:
        latents = draw_truncated_latents(experiment, count, random, cpu, truncation)
    on_device = None if labels is None else labels.to(where)
    drawn = draw_samples(generator.to(where), latents.to(where), on_device)
    samples: NDArray[np.float32] = drawn.cpu().numpy()
    return samples


def _labels(names: Sequence[str], count: int, label: str | None) -> Tensor | None:
    if label is None:
        return row_labels(count, len(names))
    if not names:
        raise UserError("This generator knows no classes, so none can be asked for.")
    if label not in names:
        raise UserError(f"There is no class {label!r}; there are {', '.join(names)}.")
    return torch.full((count,), names.index(label))
