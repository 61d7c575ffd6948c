"""Two processes with half of each batch train what one trains with the whole batch."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ganstudio import ranks
from ganstudio.engine.crew import Alone, share_of
from ganstudio.errors import UserError
from ganstudio.threads import default_threads
from tests.engine.helpers import CONDITIONAL, DCGAN, trainer

CHECKOUT = Path(__file__).parents[2]
# 16 numbers and more in each part: torch then draws a part as it draws that much of the whole.
SHARED = {"schedule.batch_size": 32, "latent.dimension": 4, "generator.norm": "none", "data.held_out": 0.0}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _trained(values: dict[str, Any], steps: int, size: int, folder: Path) -> list[dict[str, NDArray[Any]]]:
    """What each of ``size`` processes has after so many steps."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}
    if size > 1:
        environment |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(size)}
    processes = []
    for rank in range(size):
        out = folder / f"{size}-{rank}.npz"
        own = {**environment, **({"RANK": str(rank), "LOCAL_RANK": str(rank)} if size > 1 else {})}
        command = [sys.executable, "-m", "tests.engine.crew_member", json.dumps(values), str(steps), str(out)]
        processes.append((subprocess.Popen(command, cwd=CHECKOUT, env=own, stderr=subprocess.PIPE), out))
    found = []
    for process, out in processes:
        _, stderr = process.communicate(timeout=240)
        assert process.returncode == 0, stderr.decode()
        with np.load(out) as arrays:
            found.append(dict(arrays))
    return found


@pytest.mark.parametrize(
    "values",
    [
        {},
        {**DCGAN, **CONDITIONAL, "critic.norm": "layer", "techniques.instance_noise": True, "ema.decay": 0.9},
    ],
    ids=["points", "conditional images with noise"],
)
def test_two_halves_have_the_gradients_of_the_whole(values: dict[str, Any], tmp_path: Path) -> None:
    settings = {**values, **SHARED, "schedule.n_critic": 1}
    (whole,) = _trained(settings, 2, 1, tmp_path)
    first, second = _trained(settings, 2, 2, tmp_path)
    compared = 0
    for name, array in whole.items():
        if name.startswith(("generator.grad", "critic.grad")):
            compared += 1
            scale = np.abs(array).max()
            assert np.abs(first[name] - array).max() <= 2e-4 * scale, name
        if ".grad/" in name or name.startswith("state/generator/"):
            assert np.array_equal(first[name], second[name]), f"{name} differs between the processes"
        if name.startswith("metrics/") or name == "norms":
            assert np.allclose(first[name], array, rtol=1e-3, atol=1e-5, equal_nan=True), name
        if name.startswith("state/random/"):
            assert np.array_equal(first[name], array), f"{name}: a state could not go on with another number"
    assert compared >= 6


def test_alone_nothing_is_shared() -> None:
    t = trainer()
    assert isinstance(t.players.crew, Alone)
    assert t.players.share == t.experiment.schedule.batch_size


def test_a_batch_must_be_shared_evenly() -> None:
    assert share_of(64, 4) == 16
    with pytest.raises(UserError, match="multiple of 3"):
        share_of(64, 3)


def test_processes_on_a_machine_share_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))
    assert default_threads() == 7
    for name, value in {"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4"}.items():
        monkeypatch.setenv(name, value)
    assert (ranks.rank(), ranks.size(), ranks.local_rank()) == (3, 8, 1)
    assert default_threads() == 2
