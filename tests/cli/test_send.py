"""Reaching a training that another program runs, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pytest
from running import arguments, start

from ganstudio.cli.main import main
from ganstudio.experiment.model import Experiment
from ganstudio.session.session import Session


def read_until(lines: IO[str], words: str) -> str:
    """The first line from here on that holds these words."""
    for line in lines:
        if words in line:
            return line
    pytest.fail(f"it ended without {words!r}")


def test_a_training_is_paused_edited_resumed_and_stopped_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "run"
    training = start(*arguments("ring-wgan-gp", path, 10**6))
    assert training.stdout is not None
    read_until(training.stdout, "Training on")
    assert main(["send", str(path), "pause"]) == 0
    line = read_until(training.stdout, "Paused at iteration")
    assert f"ganstudio send {path} resume" in line
    assert main(["send", str(path), "edit", "lipschitz.weight=3"]) == 0
    assert main(["send", str(path), "resume"]) == 0
    watching = start("watch", path)
    assert watching.stdout is not None
    assert "Training on" in watching.stdout.readline()
    assert main(["send", str(path), "stop"]) == 0
    out, err = training.communicate(timeout=60)
    assert training.returncode == 130, err
    assert "Stopped and saved" in out
    seen, err = watching.communicate(timeout=60)
    assert (watching.returncode, err) == (0, "")
    session = Session.open(path)
    assert f"Nobody trains {path} now; it stands at iteration {session.checkpoints()[-1]}." in seen
    assert [(edit.path, edit.new) for edit in session.record.edits] == [("lipschitz.weight", 3.0)]
    kinds = [event.kind for event in session.metrics.events()]
    assert kinds.count("command") == 4


def test_mistakes_are_told_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session.create(tmp_path / "run", Experiment())
    for words, sentence in (
        (["stop"], "Nobody trains"),
        (["edit"], "SETTING=VALUE"),
        (["stop", "lipschitz.weight=3"], "takes no"),
        (["edit", "lipschitz.weight=many"], "number"),
        (["edit", "schedule.batch_size=3"], "cannot change while training runs"),
    ):
        assert main(["send", str(session.path), *words]) == 2
        assert sentence in capsys.readouterr().err
