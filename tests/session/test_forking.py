"""Forks: a new session from a checkpoint, with its history, and with other settings where the state fits."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from session_events import equal, experiment, history, record
from session_training import newest, same_end, timeless, tiny, train, trained

from ganstudio.engine.events import Edited, Metrics
from ganstudio.errors import ExperimentError, UserError
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session trained to iteration 6 with two live edits, the second in the middle of iteration 5."""
    session = Session.create(tmp_path_factory.mktemp("whole") / "parent", tiny())
    moves = ["iteration"] * 3 + [("lipschitz.weight", 2.0)] + ["iteration", "critic"]
    train(session, 6, [*moves, ("schedule.n_critic", 2), "critic"])
    train(session, 2)
    return session.path


@pytest.fixture
def parent(whole: Path, tmp_path: Path) -> Session:
    return Session.open(Path(shutil.copytree(whole, tmp_path / "parent")))


def edits(session: Session) -> list[tuple[int, str, Any]]:
    """The live edits as plots hear of them."""
    return [
        (event.iteration, event.path, event.new) for event in session.replay() if isinstance(event, Edited)
    ]


BOTH = [(3, "lipschitz.weight", 2.0), (4, "schedule.n_critic", 2)]


def test_the_parent_is_what_the_tests_need(parent: Session) -> None:
    assert parent.checkpoints() == [2, 4, 6]
    middle = parent.snapshot(4)  # saved where the first training stopped: two critic steps into iteration 5
    assert (middle.iteration, middle.numbers["critic_step"]) == (4, 2)
    assert edits(parent) == BOTH


@pytest.mark.parametrize("iteration", [2, 4, 6, None])
def test_a_fork_begins_with_the_very_state(parent: Session, tmp_path: Path, iteration: int | None) -> None:
    fork = parent.fork(tmp_path / "deep" / "fork", iteration)
    expected = parent.snapshot(iteration or 6)
    assert equal(newest(fork), timeless(expected))
    assert fork.checkpoints() == [expected.iteration]
    assert fork.current_experiment == fork.experiment == parent.experiment_at(iteration)
    made = fork.record.parent
    assert made is not None
    assert (made.name, made.path, made.iteration, made.created) == (
        "parent",
        str(parent.path),
        expected.iteration,
        parent.record.created,
    )
    assert Session.open(fork.path).record == fork.record
    assert not list(tmp_path.rglob(".part*"))


@pytest.mark.parametrize("iteration", [2, 4])
def test_a_fork_trains_on_as_its_parent_would(parent: Session, tmp_path: Path, iteration: int) -> None:
    fork = parent.fork(tmp_path / "fork", iteration)
    moves = [("lipschitz.weight", 3.0)] + ["iteration"] * 3
    train(fork, 3, moves)
    train(parent, 3, moves, at=iteration)
    assert same_end(fork, parent)
    assert newest(fork).iteration == iteration + 3
    # The panels of the fork show the parent's edits, and then its own.
    assert edits(fork) == edits(parent)
    assert edits(fork)[-1] == (iteration, "lipschitz.weight", 3.0)


def test_a_fork_of_a_fork_keeps_all_edits_in_order(parent: Session, tmp_path: Path) -> None:
    first = parent.fork(tmp_path / "first", 4, values={"objective.kind": "hinge"})
    train(first, 2, [("lipschitz.weight", 5.0), "iteration", "iteration"])
    second = first.fork(tmp_path / "second", values={"critic_optimizer.learning_rate": 0.5})
    expected = [*BOTH, (4, "objective.kind", "hinge"), (4, "lipschitz.weight", 5.0)]
    assert edits(first) == expected
    assert edits(second) == [*expected, (6, "critic_optimizer.learning_rate", 0.5)]
    assert second.current_experiment == second.experiment
    train(second, 1)
    assert edits(Session.open(second.path))[:-1] == expected


def test_a_fork_has_the_history_up_to_its_beginning(parent: Session, tmp_path: Path) -> None:
    parent.annotate(notes="mine", tags=["x"])
    parent.pin(2)
    fork = parent.fork(tmp_path / "fork", 4)
    before = [path.name for path in parent.samples() if int(path.stem) <= 4]
    assert [path.name for path in fork.samples()] == before
    (scalars,) = [event for event in fork.replay() if isinstance(event, Metrics)]
    assert scalars.iterations.tolist() == [1, 2, 3, 4]
    assert fork.metrics.events()[-1].kind == "forked"
    assert fork.annotations.notes == ""
    assert fork.annotations.pinned == frozenset()
    assert fork.info()["parent"]["iteration"] == 4


def test_a_fork_is_made_while_the_parent_trains(parent: Session, tmp_path: Path) -> None:
    with Recorder(parent):
        fork = Session.open(parent.path).fork(tmp_path / "fork", 4)
    assert not (fork.path / "lock").exists()
    Recorder(fork).close()


CHANGES: list[dict[str, Any]] = [
    {"objective.kind": "hinge"},
    {"lipschitz.kind": "weight-clipping"},
    {"lipschitz.place": "real", "lipschitz.side": "one-sided"},
    {"generator_optimizer.kind": "rmsprop"},
    {"generator_optimizer.kind": "sgd", "critic_optimizer.kind": "sgd"},
    {"generator_optimizer.beta1": 0.9, "critic_optimizer.learning_rate": 0.01},
    {"ema.decay": 0.9},
    {"techniques.historical_averaging": True},
    {"schedule.batch_size": 8, "schedule.n_critic": 1},
    {"generator.activation": "tanh"},
    {"latent.distribution": "uniform"},
    {"seed": 5, "name": "another"},
]


@pytest.mark.parametrize("values", CHANGES, ids="-".join)
def test_a_fork_trains_with_other_settings_where_the_state_fits(
    parent: Session, tmp_path: Path, values: dict[str, Any]
) -> None:
    fork = parent.fork(tmp_path / "fork", 4, values=values)
    before = parent.snapshot(4)
    begun = newest(fork)
    for name in ("generator", "critic"):
        for key, array in before.tensors[name].items():
            assert np.array_equal(begun.tensors[name][key], array)
    train(fork, 2)
    assert newest(fork).iteration == 6
    assert fork.current_experiment == fork.experiment
    assert {path: new for _, path, new in edits(fork)[len(BOTH) :]} == values
    scalars = fork.metrics.scalars()
    assert scalars is not None
    assert np.isfinite(scalars.values["critic_loss"]).all()


def test_averages_begin_at_the_fork_and_end_there(tmp_path: Path) -> None:
    parent = trained(tmp_path / "parent", 4, tiny(ema__decay=0.5, techniques__historical_averaging=True))
    without = parent.fork(
        tmp_path / "without", values={"ema.decay": 0, "techniques.historical_averaging": False}
    )
    plain = newest(without)
    assert not {"generator_ema", "generator_history", "critic_history"} & set(plain.tensors)
    train(without, 1)
    again = newest(without.fork(tmp_path / "with", 5, values={"ema.decay": 0.9}))
    for key, array in again.tensors["generator"].items():
        assert np.array_equal(again.tensors["generator_ema"][key], array)


def test_another_seed_is_another_course_from_the_same_weights(parent: Session, tmp_path: Path) -> None:
    forks = [parent.fork(tmp_path / f"{i}", 4, values={"seed": s}) for i, s in enumerate((7, 8, 7))]
    for fork in forks:
        train(fork, 2)
    states = [newest(fork) for fork in forks]
    assert equal(states[0], states[2])
    weight = next(iter(states[0].tensors["generator"]))
    assert not np.array_equal(states[0].tensors["generator"][weight], states[1].tensors["generator"][weight])


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"generator.width": 5}, "generator.width", "do not fit another width"),
        ({"critic.depth": 2}, "critic.depth", "do not fit another"),
        ({"critic.spectral_norm": True}, "critic.spectral_norm", "do not fit another"),
        ({"latent.dimension": 3}, "latent.dimension", "do not fit another"),
        ({"data.source": "grid"}, "data.source", "cannot change on a fork"),
        ({"data.points": 101}, "data.points", "cannot change on a fork"),
        ({"probes.point_count": 11}, "probes.point_count", "cannot change on a fork"),
        ({"lipschitz.weight": -1}, "lipschitz.weight", "must be at least 0"),
        ({"no.such": 1}, "no.such", "is not a setting"),
        ({"lipschitz.kind": "none"}, "lipschitz.kind", "grows without bound"),
    ],
)
def test_what_does_not_fit_is_refused_next_to_its_setting(
    parent: Session, tmp_path: Path, values: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(ExperimentError, match=words) as refused:
        parent.fork(tmp_path / "new" / "fork", 6, values=values)
    (issue,) = refused.value.issues
    assert issue.path == path
    assert issue.sentence.endswith(".")
    assert not (tmp_path / "new").exists()


def test_there_is_no_fork_of_nothing(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "run", experiment())
    with pytest.raises(UserError, match="no checkpoint yet"):
        session.fork(tmp_path / "fork")
    record(session, history(10, 10))
    for target, at, words in (
        (tmp_path / "fork", 5, "no checkpoint of iteration 5; there are 10"),
        (session.path / "fork", 10, "cannot lie in its parent"),
        (session.path, 10, "is a session already"),
    ):
        with pytest.raises(UserError, match=words):
            session.fork(target, at)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_a_fork_that_fails_leaves_nothing(tmp_path: Path, parent: Session) -> None:
    (parent.path / "metrics.sqlite").write_bytes(b"nonsense" * 100)
    with pytest.raises(UserError, match="damaged"):
        parent.fork(tmp_path / "a" / "fork", 4)
    newest_weights = parent.path / "checkpoints" / "00000006" / "critic.safetensors"
    newest_weights.write_bytes(newest_weights.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match="damaged"):
        parent.fork(tmp_path / "a" / "fork", 6)
    assert not (tmp_path / "a").exists()
