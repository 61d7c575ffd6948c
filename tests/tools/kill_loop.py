"""Kills training again and again, and looks whether anything was lost.

    python -m tests.tools.kill_loop --kills 100

starts the command line's training of a tiny ring that saves at every second iteration, kills it with SIGKILL
at random moments (while it starts, trains, writes a checkpoint, retires another), opens what lies on disk,
resumes it, and so on. What a session holds must at all times be what a training that nobody disturbed holds
up to there: losses to the last bit, and at the end the whole state.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ganstudio.engine.events import Snapshot
from ganstudio.session.files import PART
from ganstudio.session.lock import holder_of
from ganstudio.session.session import Session

ITERATIONS = 200
SETTINGS = {
    "data.points": 300,
    "schedule.batch_size": 8,
    "generator.width": 8,
    "critic.width": 8,
    "saving.checkpoint_every": 2,
    "saving.keep": 2,
    "probes.samples_every": 7,
    "probes.gradient_norms_every": 5,
    "probes.point_count": 20,
}


class LostError(Exception):
    """Something was lost or spoilt; the text says what."""


@dataclass
class Tally:
    """What happened so far."""

    kills: int = 0
    sessions: int = 0
    where: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        places = ", ".join(f"{count} {name}" for name, count in self.where.most_common())
        return f"{self.kills} kills ({places}); {self.sessions} sessions came to their end, each exact"


def run(kills: int, folder: Path, seed: int, iterations: int = ITERATIONS) -> Tally:
    """Kill training that often, and end the last session. Raises LostError."""
    chance, tally = random.Random(seed), Tally()
    whole = folder / "whole"
    _command(whole, iterations).wait()
    while tally.kills < kills:
        session = folder / f"killed-{tally.sessions}"
        while tally.kills < kills and not _is_done(session, iterations):
            _kill_once(session, iterations, chance, tally)
            _compare(session, whole)
        if not _is_done(session, iterations):
            _command(session, iterations).wait()
        _compare(session, whole, ended=True)
        shutil.rmtree(session)
        tally.sessions += 1
    return tally


def _command(session: Path, iterations: int) -> subprocess.Popen[bytes]:
    """Train, or go on where there is something to go on from."""
    words = [sys.executable, "-W", "error", "-m", "ganstudio"]
    if (session / "session.json").exists():
        left = iterations - _iteration(session)
        words += ["resume", str(session), "--iterations", str(left)]
    else:
        shutil.rmtree(session, ignore_errors=True)  # it was killed before it was a session
        sets = [word for path, value in SETTINGS.items() for word in ("--set", f"{path}={value}")]
        words += ["train", "--preset", "ring-wgan-gp", "--session", str(session), *sets]
        words += ["--iterations", str(iterations), "--device", "cpu", "--threads", "1"]
    return subprocess.Popen([*words, "--quiet"], stdout=subprocess.DEVNULL)


def _kill_once(session: Path, iterations: int, chance: random.Random, tally: Tally) -> None:
    process = _command(session, iterations)
    before = _names(session)
    while process.poll() is None and not _is_held(session, process.pid):  # a lock may be a dead one's
        time.sleep(0.002)
    if chance.random() < 0.8:  # the others die before they train
        while process.poll() is None and _names(session) == before:
            time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.6))
    process.send_signal(signal.SIGKILL)
    if process.wait() == 0:
        return  # it had come to its end before
    if process.returncode != -signal.SIGKILL:
        raise LostError(f"It ended by itself with status {process.returncode}.")
    tally.kills += 1
    tally.where[_moment(session)] += 1


def _is_held(session: Path, pid: int) -> bool:
    holder = holder_of(session)
    return holder is not None and holder.pid == pid


def _names(session: Path) -> list[str]:
    try:
        return sorted(path.name for path in (session / "checkpoints").iterdir())
    except OSError:
        return []


def _moment(session: Path) -> str:
    """What was being done, by what lies about."""
    if not (session / "session.json").exists():
        return "before there was a session"
    checkpoints = session / "checkpoints"
    names = [path.name for path in checkpoints.iterdir()]
    if any(name.startswith(PART) for name in names):
        return "while a checkpoint was written"
    if any(not (checkpoints / name / "state.json").exists() for name in names):
        return "while a checkpoint retired"
    if any(path.name.startswith(PART) for path in session.rglob("*")):
        return "while another file was written"
    return "before the first checkpoint" if not names else "between two writes"


def _iteration(session: Path) -> int:
    snapshot = Session.open(session).latest_snapshot()
    return 0 if snapshot is None else snapshot.iteration


def _is_done(session: Path, iterations: int) -> bool:
    return (session / "session.json").exists() and _iteration(session) == iterations


def _compare(session: Path, whole: Path, *, ended: bool = False) -> None:
    """Everything opens, and is the same as if nothing had happened."""
    if not (session / "session.json").exists():
        return
    one, other = Session.open(session), Session.open(whole)
    list(one.replay())
    at = one.info()["iteration"]
    left, right = one.metrics.scalars(at), other.metrics.scalars(at)
    if at and (left is None or right is None or left.iterations.tolist() != list(range(1, at + 1))):
        raise LostError(f"The losses up to the checkpoint of iteration {at} are not all there.")
    if left is not None and right is not None:
        for name, column in right.values.items():
            if left.values[name].tobytes() != column.tobytes():
                raise LostError(f"{name} differs.")
    if one.problems:
        raise LostError(f"A checkpoint was spoilt: {one.problems}")
    if ended:
        _compare_states(one.latest_snapshot(), other.latest_snapshot())


def _compare_states(one: Snapshot | None, other: Snapshot | None) -> None:
    if one is None or other is None:
        raise LostError("There is no state.")
    for file, arrays in other.tensors.items():
        for name, array in arrays.items():
            if not np.array_equal(one.tensors[file][name], array):
                raise LostError(f"{file}: {name} differs.")


def main() -> int:
    """Read the arguments, kill, and say how it went."""
    parser = argparse.ArgumentParser(description="Kill training at random moments and compare.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    arguments = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ganstudio-kills-") as folder:
        try:
            tally = run(arguments.kills, Path(folder), arguments.seed)
        except LostError as lost:
            print(f"Lost with seed {arguments.seed}: {lost}")
            return 1
    print(f"{tally}. Seed {arguments.seed}, {time.monotonic() - begun:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
