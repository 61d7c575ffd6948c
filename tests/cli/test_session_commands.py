"""Fork, go back, pin, note, pack and unpack, as a person types it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import ganstudio, information

from ganstudio.cli.main import main
from ganstudio.session import recent
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

RELEASED = Path(__file__).parents[1] / "session" / "released" / "schema-1"  # checkpoints 4 and 6


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RELEASED, tmp_path / "run"))


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must succeed; returns what it printed."""

    def command(*words: object) -> str:
        assert main([str(word) for word in words]) == 0
        out, err = capfd.readouterr()
        assert err == ""
        return out

    return command


@pytest.fixture
def refuse(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that must be refused; returns the one sentence."""

    def command(*words: object) -> str:
        assert main([str(word) for word in words]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert err.endswith(".\n")
        return err

    return command


def test_fork_and_train_on(run: Path, tmp_path: Path, say: Callable[..., str]) -> None:
    fork = tmp_path / "fork"
    said = say(
        "fork", run, "--at", 4, "--set", "objective.kind=hinge", "--set", "saving.keep=5", "--session", fork
    )
    assert said == f"Session: {fork}\nForked from {run} at iteration 4.\n"
    assert fork in [each.path for each in recent.recent_sessions()]
    assert "Trained to iteration 7" in say("resume", fork, "--iterations", 3, "--threads", 1, "--quiet")
    known = information(fork)
    assert (known["experiment"]["objective"]["kind"], known["experiment"]["saving"]["keep"]) == ("hinge", 5)
    assert known["parent"] == {
        "name": "run",
        "path": str(run),
        "iteration": 4,
        "created": information(run)["created"],
    }
    assert f"{run} at iteration 4" in say("info", fork)
    assert json.loads(say("info", fork, "--json"))["parent"]["name"] == "run"


def test_a_fork_without_changes_is_the_same_training(
    run: Path, tmp_path: Path, say: Callable[..., str]
) -> None:
    """In a process of its own, from the middle of an iteration."""
    other = Path(shutil.copytree(run, tmp_path / "other"))
    fork = tmp_path / "fork"
    say("fork", run, "--session", fork)
    result = ganstudio("resume", fork, "--iterations", 4, "--quiet")
    assert result.returncode == 0, result.stderr
    say("resume", other, "--iterations", 4, "--quiet")
    states = [max((path / "checkpoints").iterdir()) for path in (fork, other)]
    assert states[0].name == states[1].name == "00000010"
    left, right = ({f.name: f.read_bytes() for f in state.glob("*.safetensors")} for state in states)
    assert left == right


def test_forks_that_make_no_sense_are_refused(run: Path, tmp_path: Path, refuse: Callable[..., str]) -> None:
    fork = tmp_path / "deep" / "fork"
    for words, expected in (
        (["--at", 5], "no checkpoint of iteration 5; there are 4, 6"),
        (["--set", "generator.width=9"], "generator.width: The saved weights do not fit another width"),
        (["--set", "data.points=200"], "data.points: Points belongs to the saved state"),
        (["--set", "data.size=9"], "data.size: has no effect with data.source = ring"),
        (["--set", "nonsense"], "is not an assignment"),
        (["--set", "lipschitz.kind=none"], "grows without bound"),
    ):
        assert expected in refuse("fork", run, *words, "--session", fork)
    assert not fork.parent.exists()
    assert "is a session already" in refuse("fork", run, "--session", run)


def test_checkpoints_are_listed_and_pinned(
    run: Path, say: Callable[..., str], refuse: Callable[..., str]
) -> None:
    lines = say("checkpoints", run, "--pin", 4).splitlines()
    assert [line.split()[0] for line in lines] == ["4", "6"]
    assert lines[0].endswith("pinned")
    assert not lines[1].endswith("pinned")
    entries: list[dict[str, Any]] = json.loads(say("checkpoints", run, "--json"))
    assert [(entry["iteration"], entry["pinned"]) for entry in entries] == [(4, True), (6, False)]
    assert Path(entries[0]["picture"]).name == "00000004.png"
    assert "4 (pinned), 6" in say("info", run)
    say("resume", run, "--iterations", 20, "--quiet", "--threads", 1)
    assert information(run)["checkpoints"] == [4, 20, 24, 26]
    say("checkpoints", run, "--unpin", 4)
    assert information(run)["pinned"] == []
    assert "no checkpoint of iteration 5" in refuse("checkpoints", run, "--pin", 5)


def test_a_damaged_checkpoint_says_so_in_the_list(run: Path, say: Callable[..., str]) -> None:
    (run / "checkpoints" / "00000004" / "state.json").write_text("{")
    assert "is not valid JSON" in say("checkpoints", run).splitlines()[0]


def test_going_back(run: Path, say: Callable[..., str], refuse: Callable[..., str]) -> None:
    with Recorder(Session.open(run)):
        assert f"in use by process {os.getpid()}" in refuse("revert", run, "--to", 4)
    assert say("revert", run, "--to", 4) == f"{run} is back at iteration 4.\n"
    assert information(run)["checkpoints"] == [4]
    assert "no checkpoint of iteration 6; there are 4" in refuse("revert", run, "--to", 6)


def test_going_on_from_an_earlier_checkpoint(
    run: Path, tmp_path: Path, say: Callable[..., str], refuse: Callable[..., str]
) -> None:
    other = Path(shutil.copytree(run, tmp_path / "other"))
    assert "no checkpoint of iteration 5" in refuse("resume", run, "--at", 5, "--iterations", 1)
    say("resume", run, "--at", 4, "--iterations", 3, "--quiet", "--threads", 1)
    say("revert", other, "--to", 4)
    say("resume", other, "--iterations", 3, "--quiet", "--threads", 1)
    assert information(run)["checkpoints"] == information(other)["checkpoints"] == [4, 7]
    assert information(run)["last"] == information(other)["last"]
    assert information(run)["edits"] == 0  # both edits came after iteration 4


def test_samples_of_an_earlier_checkpoint(
    run: Path, tmp_path: Path, say: Callable[..., str], refuse: Callable[..., str]
) -> None:
    import numpy as np

    drawn = {}
    for name, words in (("four", ["--at", 4]), ("six", ["--at", 6]), ("newest", [])):
        npz = tmp_path / f"{name}.npz"
        say("sample", run, "--count", 5, "--out", tmp_path / "s.png", "--npz", npz, *words)
        with np.load(npz) as numbers:
            drawn[name] = numbers["samples"]
    assert np.array_equal(drawn["six"], drawn["newest"])
    assert not np.array_equal(drawn["four"], drawn["six"])
    assert "no checkpoint" in refuse("sample", run, "--at", 5, "--count", 5, "--out", tmp_path / "s.png")


def test_notes_and_tags(run: Path, say: Callable[..., str], refuse: Callable[..., str]) -> None:
    assert say("note", run) == "No notes.\nTags: none\n"
    say("note", run, "A first try,\nto be looked at.", "--tag", "good", "--tag", " two  words ")
    say("note", run, "--tag", "Good", "--tag", "new", "--untag", "TWO words")
    assert say("note", run) == "A first try,\nto be looked at.\nTags: good, new\n"
    said = say("info", run)
    assert "A first try, to be looked at." in said
    assert "good, new" in said
    assert "has no tag 'none'" in refuse("note", run, "--untag", "none")
    assert "40 characters" in refuse("note", run, "--tag", "x" * 41)
    say("note", run, "", "--untag", "good", "--untag", "new")
    assert say("note", run) == "No notes.\nTags: none\n"


def test_a_session_goes_through_one_file(
    run: Path, tmp_path: Path, say: Callable[..., str], refuse: Callable[..., str]
) -> None:
    file = tmp_path / "deep" / "session.zip"
    assert f"{file}: 0.1 MiB" in say("pack", run, file)
    assert "is there already" in refuse("pack", run, file)
    assert say("unpack", file, tmp_path / "back").endswith(f"Session: {tmp_path / 'back'}\n")
    assert information(tmp_path / "back")["last"] == information(run)["last"]
    assert say("unpack", file).endswith(f"{Path('sessions') / 'run'}\n")
    file.write_bytes(file.read_bytes()[:5000])
    assert "cut off" in refuse("unpack", file, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("command", ["fork", "checkpoints", "revert", "note", "pack"])
def test_what_is_no_session_is_refused(tmp_path: Path, refuse: Callable[..., str], command: str) -> None:
    words = {"fork": ["--session", tmp_path / "x"], "revert": ["--to", 1], "pack": [tmp_path / "x.zip"]}
    assert "is not a session" in refuse(command, tmp_path, *words.get(command, []))
