"""Samples from a saved state, without training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.build import build_generator, draw_latents
from ganstudio.engine.devices import resolve
from ganstudio.engine.events import Snapshot
from ganstudio.engine.seeds import stream
from ganstudio.engine.state import load_network
from ganstudio.errors import UserError
from ganstudio.experiment.parse import parse
from ganstudio.probes.samples import draw_samples


def sample(snapshot: Snapshot, *, count: int, seed: int, device: str = "cpu") -> NDArray[np.float32]:
    """``count`` samples of the snapshot's generator.

    NCHW in [-1, 1] or (N, 2). Equal seeds give equal samples.

    Raises UserError where the device does not exist or the weights do not fit the experiment.
    """
    experiment = parse(snapshot.numbers["experiment"])
    where = resolve(device)
    generator = build_generator(experiment, tuple(snapshot.numbers["sample_shape"]))
    try:
        # The moving average where there is one, as in the samples that training shows.
        load_network(generator, snapshot.tensors.get("generator_ema", snapshot.tensors["generator"]))
    except (RuntimeError, KeyError) as error:
        raise UserError(
            f"The saved generator does not fit its experiment: {' '.join(str(error).split())}."
        ) from error
    latents = draw_latents(experiment, count, stream(seed, "samples"), resolve("cpu")).to(where)
    samples: NDArray[np.float32] = draw_samples(generator.to(where), latents).cpu().numpy()
    return samples
