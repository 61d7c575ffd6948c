"""Stopping anywhere and going on in a new process gives what never stopping gives, to the last bit."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acceptance import going_on
from engine.helpers import BIGGAN, CLASSIC, CLIPPED, CONDITIONAL, DCGAN, RESNET, tiny

from ganstudio.engine.events import Snapshot
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.session.session import Session

ITERATIONS = 5
LOOKS = {"probes.samples_every": 2, "probes.gradient_norms_every": 3, "saving.checkpoint_every": 2}
# Everything that has a state of its own or an order of random numbers of its own, in as few trainings as will
# hold it; each technique by itself stops and goes on in tests/engine.
TOGETHER: dict[str, dict[str, Any]] = {
    "two-sided penalty": {},
    "clipping, RMSprop": {**CLIPPED, "critic_optimizer.kind": "rmsprop"},
    "lazy R1, histories, noise, schedules": {
        **CLASSIC,
        "lipschitz.kind": "r1",
        "lipschitz.every": 3,
        "techniques.historical_averaging": True,
        "techniques.instance_noise": True,
        "techniques.noise_over": 7,
        "critic_optimizer.schedule": "cosine",
        "critic_optimizer.decay_over": 8,
        "generator_optimizer.schedule": "linear",
        "generator_optimizer.decay_over": 6,
        "generator_optimizer.clip_norm": 0.5,
    },
    "matching, minibatches, smooth labels": {
        **CLASSIC,
        "techniques.feature_matching": True,
        "critic.minibatch_discrimination": True,
        "objective.real_target": 0.9,
    },
    "convolutions, virtual batch, spectral norm, average": {
        **DCGAN,
        "generator.norm": "virtual-batch",
        "critic.spectral_norm": True,
        "ema.decay": 0.5,
    },
    "virtual batch, classes, DRAGAN, half precision": {
        **CONDITIONAL,
        "generator.norm": "virtual-batch",
        "latent.distribution": "uniform",
        "lipschitz.place": "dragan",
        "precision.kind": "bfloat16",
    },
    "residual networks": RESNET,
    "BigGAN": BIGGAN,
}
# Presets whose parts go together as nowhere else, on small data and with a few weights.
PRESETS = ("digits-improved-gan", "mnist-dcgan", "cifar10-sagan")
SMALL = {"schedule.batch_size": 4, "generator.width": 4, "critic.width": 4}
DIGITS = {"data.source": "digits", "data.limit": 40, "data.size": 16, "probes.sample_count": 4}


def experiments() -> dict[str, Experiment]:
    """Every kind of training there is, by name."""
    found = {name: tiny(**values, **LOOKS) for name, values in TOGETHER.items()}
    for name in PRESETS:
        attention = {"generator.attention": 8, "critic.attention": 8} if "sagan" in name else {}
        found[name] = with_values(preset(name).experiment, {**SMALL, **DIGITS, **LOOKS, **attention})
    return found


def in_another_process(plan: list[tuple[Path, int, int]], folder: Path) -> None:
    (folder / "plan.json").write_text(json.dumps([(str(path), *rest) for path, *rest in plan]))
    tests = Path(__file__).resolve().parents[1]
    paths = os.pathsep.join([str(tests), str(tests.parent), os.environ.get("PYTHONPATH", "")])
    subprocess.run(
        [sys.executable, "-W", "error", "-m", "acceptance.going_on", folder / "plan.json"],
        env=os.environ | {"PYTHONPATH": paths},
        check=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with two sessions of every kind: one never stopped, one stopped and went on elsewhere."""
    folder = tmp_path_factory.mktemp("sessions")
    seed = random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)
    plan = []
    for number, experiment in enumerate(experiments().values()):
        steps = ITERATIONS * (experiment.schedule.n_critic + 1)
        whole, parts = folder / f"{number}-whole", folder / f"{number}-parts"
        going_on.begin(whole, experiment, going_on.ENDLESS, ITERATIONS)
        going_on.begin(parts, experiment, chance.randrange(steps), ITERATIONS)
        plan.append((parts, going_on.ENDLESS, ITERATIONS))
    in_another_process(plan, folder)
    return folder, f"the seed of the stops was {seed}"


def rows(path: Path, table: str) -> dict[int, tuple[Any, ...]]:
    """What is stored of each iteration, but for the times."""
    with closing(sqlite3.connect(path / "metrics.sqlite")) as connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        kept = [f'"{name}"' for name in columns if name not in ("training_seconds", "wall_time")]
        return {row[0]: row for row in connection.execute(f"SELECT {', '.join(kept)} FROM {table}")}  # noqa: S608


@pytest.mark.parametrize(("number", "name"), list(enumerate(experiments())), ids=list(experiments()))
def test_a_training_that_went_on_is_the_one_that_never_stopped(
    sessions: tuple[Path, str], number: int, name: str
) -> None:
    folder, seed = sessions
    whole, parts = folder / f"{number}-whole", folder / f"{number}-parts"
    one, other = (Session.open(path).latest_snapshot() for path in (whole, parts))
    assert isinstance(one, Snapshot)
    assert isinstance(other, Snapshot)
    assert one.iteration == other.iteration == ITERATIONS
    assert {**one.numbers, "seconds": 0} == {**other.numbers, "seconds": 0}, seed
    assert one.tensors.keys() == other.tensors.keys(), seed
    for file, arrays in one.tensors.items():
        assert arrays.keys() == other.tensors[file].keys(), seed
        for tensor, array in arrays.items():
            assert array.tobytes() == other.tensors[file][tensor].tobytes(), f"{file}: {tensor}; {seed}"
    assert rows(whole, "scalars") == rows(parts, "scalars"), seed
    assert len(rows(whole, "scalars")) == ITERATIONS
    norms = rows(parts, "gradient_norms")  # a stop is a look more
    assert all(norms[at] == row for at, row in rows(whole, "gradient_norms").items()), seed
    pictures = sorted(path.name for path in (whole / "samples").iterdir())
    assert len(pictures) >= 1 + ITERATIONS // 2
    for picture in pictures:
        same = (whole / "samples" / picture).read_bytes() == (parts / "samples" / picture).read_bytes()
        assert same, f"{picture}; {seed}"


def test_a_difference_would_be_seen(sessions: tuple[Path, str]) -> None:
    """Two kinds of training differ in all that is compared above."""
    folder, _ = sessions
    one, other = folder / "0-whole", folder / "1-whole"
    assert rows(one, "scalars") != rows(other, "scalars")
    assert rows(one, "gradient_norms") != rows(other, "gradient_norms")
    states = [Session.open(path).latest_snapshot() for path in (one, other)]
    assert states[0] is not None
    assert states[1] is not None
    weights = [state.tensors["generator"]["output.weight"] for state in states if state is not None]
    assert not np.array_equal(*weights)
