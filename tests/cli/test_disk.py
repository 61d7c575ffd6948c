"""Disks that are full, read-only or gone while the command line trains: nothing trained is lost."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from running import arguments, ganstudio, start

from ganstudio.cli.main import main
from ganstudio.engine.events import Snapshot
from ganstudio.session.session import Session

SETTINGS = {"probes__samples_every": 1, "saving__checkpoint_every": 7}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte; only root may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("small_disk: no small file system could be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training that nothing disturbed."""
    session = tmp_path_factory.mktemp("whole") / "run"
    assert main(arguments("digits-wgan-gp", session, 60, **SETTINGS)) == 0
    return session


def same(one: Path, other: Path) -> bool:
    """Whether two sessions ended in the same state and hold the same losses, to the last bit."""
    left, right = (Session.open(path).latest_snapshot() for path in (one, other))
    assert isinstance(left, Snapshot)
    assert isinstance(right, Snapshot)
    losses = [Session.open(path).metrics.scalars() for path in (one, other)]
    assert losses[0] is not None
    assert losses[1] is not None
    pairs = [(left.tensors[f][n], right.tensors[f][n]) for f in left.tensors for n in left.tensors[f]]
    pairs += [(losses[0].values[name], losses[1].values[name]) for name in losses[0].values]
    return left.iteration == right.iteration and all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs
    )


def test_a_full_disk_moves_training_to_the_folder_named_for_that(
    whole: Path, small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*arguments("digits-wgan-gp", small_disk / "run", 60, **SETTINGS), "--rescue", tmp_path / "safe"]
    assert main([str(word) for word in words]) == 1
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert f"Training goes on in {tmp_path / 'safe'}." in err
    assert str(tmp_path / "safe") in out
    assert same(whole, tmp_path / "safe")
    kept = Session.open(small_disk / "run").latest_snapshot()  # what was good before is good still
    assert kept is not None
    assert kept.iteration < 60


def test_on_a_full_disk_training_goes_on_in_memory_and_ends_among_the_persons_sessions(
    whole: Path, small_disk: Path
) -> None:
    result = ganstudio(*arguments("digits-wgan-gp", small_disk / "run", 60, **SETTINGS))
    assert result.returncode == 1
    first, *_, last = result.stderr.splitlines()
    assert "Training goes on in memory" in first
    assert "run rescued" in last
    place = Path(last.partition("It is saved in ")[2].removesuffix(" instead."))
    assert same(whole, place)


def test_a_read_only_disk_is_one_sentence_before_anything_is_trained(
    ring: Path, small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Path(shutil.copytree(ring, small_disk / "run"))
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    before = {path: path.read_bytes() for path in session.rglob("*") if path.is_file()}
    for words in (["resume", session, "--iterations", 1], arguments("ring-wgan-gp", small_disk / "new", 1)):
        assert main([str(word) for word in words]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert "the disk is read-only" in err
    assert main(["info", str(session)]) == 0  # to look needs no right to write
    assert {path: path.read_bytes() for path in session.rglob("*") if path.is_file()} == before


def test_a_file_that_may_grow_no_further_is_written_elsewhere(tmp_path: Path) -> None:
    """Where nobody may mount a disk: the limit of a file's size stands for one that is full."""
    program = (
        "import resource, sys\nfrom ganstudio.cli.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = [*map(str, arguments("digits-wgan-gp", tmp_path / "run", 3, generator__width=200))]
    result = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    assert f"The session {tmp_path / 'run'} could not be saved: " in line
    assert "either: " in line  # the person's own place takes no such file
    assert line.endswith("What was saved before is kept.")
    assert Session.open(tmp_path / "run").checkpoints() == []


def read_until(stream: Callable[[], str], words: str) -> str:
    while words not in (line := stream()):
        assert line, f"it ended without {words!r}"
    return line


def test_a_folder_that_vanishes_costs_no_training(tmp_path: Path) -> None:
    session = tmp_path / "run"
    process = start(*arguments("ring-wgan-gp", session, 100_000))
    try:
        assert process.stdout
        assert process.stderr
        read_until(process.stdout.readline, "Training on")
        while not (session / "samples" / "00000000.png").exists():
            assert process.poll() is None
        shutil.move(session, tmp_path / "moved")
        assert "moved or deleted" in read_until(process.stderr.readline, "Training goes on in memory")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    assert process.returncode == 130
    assert err.count("\n") == 1
    assert not session.exists()
    place = Path(err.partition("It is saved in ")[2].rstrip().removesuffix(" instead."))
    stopped = Session.open(place).latest_snapshot()
    scalars = Session.open(place).metrics.scalars()
    assert stopped is not None
    assert scalars is not None
    assert scalars.iterations.tolist() == list(range(1, stopped.iteration + 1))
