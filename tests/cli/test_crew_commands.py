"""Several processes of ``train`` and ``resume``, with what torchrun tells each of them."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from running import arguments, ganstudio, information, start

from ganstudio.session.session import Session


def _processes(*words: object, count: int = 2) -> list[subprocess.Popen[str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    meeting = {
        **os.environ,
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
    }
    return [
        start(*words, env={**meeting, "RANK": str(rank), "LOCAL_RANK": str(rank)}) for rank in range(count)
    ]


def _ended(processes: list[subprocess.Popen[str]]) -> list[tuple[int, str, str]]:
    found = []
    for process in processes:
        out, err = process.communicate(timeout=240)
        found.append((process.returncode, out, err))
    return found


def test_two_processes_write_one_session_that_one_goes_on_with(tmp_path: Path) -> None:
    session = tmp_path / "run"
    words = arguments("ring-wgan-gp", session, 6)
    first, second = _ended(_processes(*words, "--quiet"))
    assert first[0] == 0, first[2]
    assert second == (0, "", "")  # trained along in silence
    assert information(session)["iteration"] == 6
    metrics = Session.open(session).metrics.scalars()
    assert metrics is not None
    assert metrics.iterations.tolist() == [1, 2, 3, 4, 5, 6]
    result = ganstudio("resume", session, "--iterations", 2, "--quiet")
    assert result.returncode == 0, result.stderr
    first, second = _ended(_processes("resume", session, "--iterations", 2, "--quiet"))
    assert (first[0], second[0]) == (0, 0), first[2]
    assert information(session)["iteration"] == 10


def test_a_process_that_dies_ends_the_training_in_words_with_a_good_state(tmp_path: Path) -> None:
    session = tmp_path / "run"
    words = arguments("ring-wgan-gp", session, 100_000, saving__checkpoint_every=5)
    first, second = _processes(*words)
    assert first.stdout is not None
    for line in first.stdout:  # the first lines of progress: it trains
        if "it/s" in line or "critic" in line:
            break
    second.kill()
    ((code, _, err),) = _ended([first])
    second.communicate(timeout=60)
    assert code == 1
    assert "Another process of this training has ended" in err
    assert "Traceback" not in err
    kept = Session.open(session).latest_snapshot()
    assert kept is not None
    result = ganstudio("resume", session, "--iterations", 1, "--quiet")
    assert result.returncode == 0, result.stderr
    assert information(session)["iteration"] == kept.iteration + 1


def test_a_batch_that_cannot_be_shared_is_said_once(tmp_path: Path) -> None:
    words = arguments("ring-wgan-gp", tmp_path / "run", 5, schedule__batch_size=15)
    first, second = _ended(_processes(*words))
    assert first[0] == 2
    assert "multiple of 2" in first[2]
    assert len(first[2].splitlines()) == 1
    assert second[0] != 0
    assert second[1:] == ("", "")
    assert not (tmp_path / "run").exists()
