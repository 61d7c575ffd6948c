"""Train, stop, go on, from one process to the next."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from running import arguments, ganstudio, information, start

from ganstudio.cli.main import main
from ganstudio.engine.control import Control
from ganstudio.engine.events import StateChanged
from ganstudio.session.recent import recent_sessions
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


def run(*words: object) -> int:
    """Run a command in this process."""
    return main([str(word) for word in words])


def state(session: Path) -> dict[str, bytes]:
    """The newest state, file by file."""
    folder = max((session / "checkpoints").iterdir())
    return {path.name: path.read_bytes() for path in folder.glob("*.safetensors")}


def scalars(session: Path) -> list[tuple[object, ...]]:
    """All scalars; of the columns only those that no clock decides."""
    with closing(sqlite3.connect(session / "metrics.sqlite")) as connection:
        return connection.execute(
            "SELECT iteration, critic_loss, generator_loss, wasserstein_estimate, gradient_penalty, "
            "gradient_norm_mean, total_loss FROM scalars ORDER BY iteration"
        ).fetchall()


def same(left: Path, right: Path) -> None:
    """Assert that two trainings cannot be told apart."""
    assert state(left).keys() == {
        f"{name}.safetensors"
        for name in ("generator", "critic", "generator_optimizer", "critic_optimizer", "random")
    }
    assert state(left) == state(right)
    assert scalars(left) == scalars(right)
    assert len(scalars(left)) == information(left)["iteration"]


@pytest.mark.parametrize("preset", ["ring-wgan-gp", "digits-wgan-gp"])
def test_train_leaves_a_session_and_says_where(trained: Callable[[str], Path], preset: str) -> None:
    session = trained(preset)
    known = information(session)
    assert known["iteration"] == 12
    assert known["critic_steps"] == 60
    assert known["device"] == "cpu"
    assert known["experiment"]["name"] == preset
    assert known["experiment"]["generator"]["width"] == 16
    assert all(
        isinstance(known["last"][n], float) for n in ("critic_loss", "generator_loss", "gradient_norm_mean")
    )
    assert known["last"]["total_loss"] is None
    assert (known["modes"] is not None and len(known["modes"]) == 8) == (preset == "ring-wgan-gp")
    assert Path(known["sample_grid"]).name == "00000012.png"
    assert not (session / "lock").exists()


@pytest.mark.parametrize("preset", ["ring-wgan-gp", "digits-wgan-gp"])
def test_going_on_equals_never_having_stopped(
    trained: Callable[[str], Path], tmp_path: Path, preset: str
) -> None:
    session = tmp_path / "run"
    first = ganstudio(*arguments(preset, session, 5))
    assert (first.returncode, first.stderr) == (0, "")
    assert f"Session: {session}" in first.stdout
    assert f"Samples: {session / 'samples' / '00000005.png'}" in first.stdout
    assert run("resume", session, "--iterations", 7, "--quiet") == 0  # a process that did not begin it
    same(session, trained(preset))


def test_going_on_from_the_middle_of_an_iteration_equals_never_having_stopped(
    trained: Callable[[str], Path], tmp_path: Path
) -> None:
    from ganstudio.engine.trainer import Trainer

    whole = trained("ring-wgan-gp")
    control, steps = Control(), [*["iteration"] * 4, *["critic"] * 3]
    experiment = Session.open(whole).experiment
    trainer = Trainer(experiment, device="cpu", threads=information(whole)["threads"], control=control)
    session = Session.create(tmp_path / "run", experiment)
    control.pause()
    with Recorder(session) as recorder:
        for event in trainer.run(12):
            recorder.handle(event)
            if isinstance(event, StateChanged) and event.state == "paused":
                control.step(steps.pop(0)) if steps else control.stop()
    stopped = session.latest_snapshot()
    assert stopped is not None
    assert (stopped.iteration, stopped.numbers["critic_step"]) == (4, 3)
    assert run("resume", session.path, "--iterations", 8, "--quiet") == 0
    same(session.path, whole)


def read_until(process: subprocess.Popen[str], wanted: Callable[[str], bool]) -> None:
    """Read lines of progress until one is wanted."""
    assert process.stdout is not None
    for line in process.stdout:
        if wanted(line):
            return
    assert process.stderr is not None
    pytest.fail(f"it ended before: {process.stderr.read()}")


def test_an_interrupt_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    total = 400
    process = start(*arguments("ring-wgan-gp", tmp_path / "a session", total, schedule__n_critic=20))
    try:
        read_until(process, lambda line: "critic -" in line)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err == ""
    known = information(tmp_path / "a session")
    assert 0 < known["iteration"] < total
    left = total - known["iteration"]
    assert f"Stopped and saved at iteration {known['iteration']}." in out
    assert f"ganstudio resume '{tmp_path / 'a session'}' --iterations {left}" in out
    assert run("resume", tmp_path / "a session", "--iterations", 2) == 0
    assert information(tmp_path / "a session")["iteration"] == known["iteration"] + 2


def test_a_reader_that_goes_away_does_not_end_the_training(
    trained: Callable[[str], Path], tmp_path: Path
) -> None:
    process = start(*arguments("ring-wgan-gp", tmp_path / "run", 12))
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert (process.wait(60), err) == (0, "")
    process.stderr.close()
    assert state(tmp_path / "run") == state(trained("ring-wgan-gp"))


def test_after_a_kill_the_last_checkpoint_goes_on(trained: Callable[[str], Path], tmp_path: Path) -> None:
    session = tmp_path / "run"
    process = start(*arguments("ring-wgan-gp", session, 2000, saving__checkpoint_every=20))
    try:
        read_until(process, lambda line: "critic" in line and len(Session.open(session).checkpoints()) > 1)
    finally:
        process.kill()
        process.communicate(timeout=60)
    assert (session / "lock").exists()
    known = information(session)
    assert [event.iteration for event in Session.open(session).replay()][-1] <= known["iteration"]
    assert known["iteration"] >= 20
    assert known["iteration"] % 20 == 0
    assert run("resume", session, "--iterations", 3, "--quiet") == 0
    assert [row[0] for row in scalars(session)] == list(range(1, known["iteration"] + 4))
    reference = scalars(trained("ring-wgan-gp"))
    assert scalars(session)[: len(reference)] == reference


def test_a_session_killed_before_its_first_checkpoint_starts_anew(
    trained: Callable[[str], Path], tmp_path: Path
) -> None:
    whole = trained("ring-wgan-gp")
    session = Session.create(tmp_path / "run", Session.open(whole).experiment)
    assert run("resume", session.path, "--iterations", 12, "--quiet") == 0
    same(session.path, whole)


def test_a_damaged_checkpoint_is_named_and_an_earlier_one_used(
    ring: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("resume", ring, "--iterations", 2, "--quiet") == 0
    with (ring / "checkpoints" / "00000014" / "critic.safetensors").open("r+b") as file:
        file.truncate(100)
    assert run("resume", ring, "--iterations", 1, "--quiet") == 0
    assert "checkpoint of iteration 14 is unusable" in capsys.readouterr().err
    assert information(ring)["iteration"] == 13
    assert [row[0] for row in scalars(ring)] == list(range(1, 14))


def test_losses_that_become_infinite_end_it_with_the_last_good_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = tmp_path / "run"
    wild = {
        "critic_optimizer__kind": "sgd",
        "critic_optimizer__learning_rate": 10,
        "lipschitz__weight": 1_000_000,
    }
    assert run(*arguments("ring-wgan-gp", session, 50, **wild)) == 1
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert "infinite or NaN" in err
    assert str(session) in out
    assert information(session)["iteration"] < 50
    assert not (session / "lock").exists()


def test_an_experiment_file_trains_as_its_preset(
    trained: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = trained("ring-wgan-gp")
    assert run("presets", "--show", "ring-wgan-gp") == 0
    (tmp_path / "mine.toml").write_text(capsys.readouterr().out)
    words = arguments("ring-wgan-gp", tmp_path / "run", 12)
    words[1:3] = ["--experiment", str(tmp_path / "mine.toml")]
    assert run(*words) == 0
    assert state(tmp_path / "run") == state(whole)


def test_another_seed_trains_other_weights_and_a_default_place_is_found(
    trained: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = arguments("ring-wgan-gp", Path("unused"), 12)
    at = words.index("--session")
    del words[at : at + 2]
    assert run(*words, "--seed", 5) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Session: ")]
    session, other = Path(line.removeprefix("Session: ")), trained("ring-wgan-gp")
    assert session.name.startswith("ring-wgan-gp 2")
    assert session in [entry.path for entry in recent_sessions()]
    assert state(session).keys() == state(other).keys()
    assert state(session)["generator.safetensors"] != state(other)["generator.safetensors"]


def test_the_path_of_data_is_kept_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "images").mkdir()
    for shade in range(0, 250, 10):
        Image.new("L", (9, 12), shade).save(tmp_path / "images" / f"{shade}.png")
    (tmp_path / "images" / "broken.png").write_bytes(b"nonsense")
    monkeypatch.chdir(tmp_path)
    sizes = [
        word
        for name in ("data.size=8", "data.channels=1", "generator.width=4", "critic.width=4")
        for word in ("--set", name)
    ]
    words = [
        "train",
        "--preset",
        "folder-dcgan-64",
        "--data",
        "images",
        *sizes,
        "--set",
        "schedule.batch_size=4",
    ]
    assert run(*words, "--iterations", 1, "--session", "run") == 0
    assert "Left out: 1, the first broken.png" in capsys.readouterr().out
    monkeypatch.chdir("/")
    assert run("resume", tmp_path / "run", "--iterations", 1) == 0
    assert information(tmp_path / "run")["experiment"]["data"]["path"] == str(tmp_path / "images")
