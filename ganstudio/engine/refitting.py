"""A saved state for an experiment with other settings, as far as it fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganstudio.engine.build import build_critic, build_generator
from ganstudio.engine.events import Snapshot
from ganstudio.engine.seeds import derived_seed
from ganstudio.errors import ExperimentError, Issue
from ganstudio.experiment.describe import flatten, row
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse
from ganstudio.regularizers.historical_averaging import COUNT

Files = dict[str, Mapping[str, NDArray[Any]]]

# What decides which data there are and where the streams of random numbers stand in them.
_MAY_CHANGE = {"data.path", "data.download", "data.mirror", "data.storage"}
_FIXED = {"probes.sample_count", "probes.point_count"}  # as many latents are saved
_NETWORKS = ("generator", "critic", "latent", "conditioning")  # groups that decide names and shapes
_PLAYERS = ("generator", "critic")
_STREAMS = ("latents", "eps", "noise", "labels")


def refit(snapshot: Snapshot, experiment: Experiment) -> Snapshot:
    """The state, to be trained on with another experiment. Weights and counters stay as they are.

    A new kind of optimiser starts without moments, a new moving or historical average with the weights as
    they are, and a new seed with streams of its own. Raises ExperimentError with an issue for each setting
    that does not fit: other data, networks of other shapes.
    """
    before = parse(snapshot.numbers["experiment"])
    old, new = flatten(before), flatten(experiment)
    changed = [path for path in new if new[path] != old[path]]
    if issues := [*_fixed(changed), *_misfits(snapshot, experiment, changed)]:
        raise ExperimentError(issues)
    files: Files = dict(snapshot.tensors)
    for player in _PLAYERS:
        if f"{player}_optimizer.kind" in changed:
            files[f"{player}_optimizer"] = {}
    _refit_averages(files, experiment)
    if "seed" in changed:
        files["random"] = _reseeded(files["random"], experiment.seed)
    numbers = {**snapshot.numbers, "experiment": experiment.model_dump()}
    return Snapshot(snapshot.iteration, files, numbers)


def _fixed(changed: list[str]) -> list[Issue]:
    stuck = [
        path for path in changed if path in _FIXED or (path.startswith("data.") and path not in _MAY_CHANGE)
    ]
    return [
        Issue(path, f"{row(path).info.title} belongs to the saved state; it cannot change on a fork.")
        for path in stuck
    ]


def _misfits(snapshot: Snapshot, experiment: Experiment, changed: list[str]) -> list[Issue]:
    """The settings that ask for weights of other names or shapes than those saved."""
    blamed = [path for path in changed if path.partition(".")[0] in _NETWORKS]
    if not blamed:
        return []
    shape, classes = tuple(snapshot.numbers["sample_shape"]), len(snapshot.numbers.get("class_names", []))
    networks = {
        "generator": build_generator(experiment, shape, classes),
        "critic": build_critic(experiment, shape, classes),
    }
    for name, network in networks.items():
        wanted = {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
        saved = {key: array.shape for key, array in snapshot.tensors[name].items()}
        if wanted != saved:
            own = [path for path in blamed if path.startswith(f"{name}.")] or blamed
            return [
                Issue(path, f"The saved weights do not fit another {row(path).info.title.lower()}.")
                for path in own
            ]
    return []


def _refit_averages(files: Files, experiment: Experiment) -> None:
    """Begin the averages that are switched on, forget those that are switched off."""
    if not experiment.ema.decay:
        files.pop("generator_ema", None)
    else:
        files.setdefault("generator_ema", files["generator"])
    for player in _PLAYERS:
        if not experiment.techniques.historical_averaging:
            files.pop(f"{player}_history", None)
        else:
            files.setdefault(f"{player}_history", {**files[player], COUNT: np.array(1)})


def _reseeded(random: Mapping[str, NDArray[Any]], seed: int) -> dict[str, NDArray[Any]]:
    """The random states without the streams that training then begins anew from its seed."""
    kept = {name: array for name, array in random.items() if name not in _STREAMS}
    order = torch.Generator().manual_seed(derived_seed(seed, "batches"))
    return {**kept, "loader.generator": order.get_state().numpy()}
