"""The critic's negative loss on training and on held-out data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from ganstudio.data.dataset import Dataset
from ganstudio.engine.events import Metrics, Started
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import ExperimentError
from ganstudio.session.replaying import read_started, write_started
from tests.engine.helpers import (
    DCGAN,
    assert_same_state,
    only,
    run,
    state,
    tiny,
    trainer,
)

HELD = {"data.held_out": 0.2, "probes.measure_every": 2}
NAMES = ("negative_critic_loss_training", "negative_critic_loss_held_out")


def columns(events: list[Any]) -> tuple[Any, ...]:
    return tuple(np.concatenate([m.values[name] for m in only(events, Metrics)]) for name in NAMES)


def test_both_losses_come_with_the_measurements() -> None:
    events = run(trainer(HELD), 5)
    for column in columns(events):
        assert np.isfinite(column).tolist() == [False, True, False, True, False]
    assert only(events, Started)[0].dataset_size == 500
    assert only(events, Started)[0].held_out_size == 100


def test_training_never_sees_what_is_held_out() -> None:
    t = trainer({**DCGAN, "data.held_out": 0.25})
    assert (len(t.dataset), len(t.players.loader)) == (48, 48)
    assert t.held_out is not None
    held = {image.tobytes() for image in t.held_out.array}
    seen = {image.tobytes() for image in t.dataset.array}
    assert len(held) == 16
    assert not held & seen


def test_of_known_critics_the_losses_are_known() -> None:
    # The critic D(x) = x_1 meets real data at 1, held-out data at 3 and a generator that says 0 always.
    array = np.ones((400, 2), np.float32)
    values = {**HELD, "critic.activation": "tanh"}  # others are not asked by their forward pass
    t = Trainer(tiny(**values), device="cpu", threads=1, dataset=Dataset("ones", array))
    validation = t.observer._validation
    assert validation is not None
    validation._batches[1].samples.fill_(3.0)
    players = t.players
    players.critic.forward = lambda x, labels=None: x[:, 0]  # type: ignore[method-assign,assignment]
    players.generator.forward = lambda z, labels=None: torch.zeros(len(z), 2)  # type: ignore[method-assign,assignment]
    assert [loss.item() for loss in validation.negative_losses(1)] == [1.0, 3.0]


def test_a_share_of_more_than_half_is_refused() -> None:
    with pytest.raises(ExperimentError, match="held_out"):
        tiny(**{"data.held_out": 0.6})


def test_a_state_of_an_earlier_release_has_nothing_held_out() -> None:
    first = trainer()
    run(first, 2)
    snapshot = first.snapshot()
    del snapshot.numbers["experiment"]["data"]["held_out"]
    again = Trainer(first.experiment, device="cpu", threads=1, snapshot=snapshot)
    assert again.held_out is None
    run(first, 2)
    run(again, 2)
    assert_same_state(state(first), state(again))


def test_how_much_is_held_out_is_kept_with_the_session(tmp_path: Any) -> None:
    event = only(run(trainer(HELD), 1), Started)[0]
    write_started(tmp_path, event)
    assert read_started(tmp_path).held_out_size == 100
