"""Threads share a training by its size, and what is computed does not depend on how."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest
import torch

from ganstudio.engine.lanes import Beside, Inline
from ganstudio.engine.sharing import HALVES, SMALL, multiplications, share
from ganstudio.engine.trainer import Trainer
from tests.engine.helpers import (
    BIGGAN,
    CLASSIC,
    CONDITIONAL,
    DCGAN,
    VARIANTS,
    assert_same_state,
    run,
    state,
    tiny,
    trainer,
)

R1 = {**CLASSIC, "lipschitz.kind": "r1", "lipschitz.every": 3}
PENALISED: list[dict[str, Any]] = [
    {},
    R1,
    {**DCGAN},
    CONDITIONAL,
    {"lipschitz.place": "dragan"},
    {"techniques.historical_averaging": True},
    {"techniques.instance_noise": True, "techniques.noise_over": 7},
    {"critic.norm": "layer", "critic.activation": "tanh"},
]


@pytest.fixture(autouse=True)
def _threads_as_before() -> Any:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def _shared(values: dict[str, Any], threads: int = 2) -> Trainer:
    return Trainer(tiny(**values), device="cpu", threads=threads)


@pytest.mark.parametrize("values", PENALISED)
def test_a_penalty_in_a_thread_of_its_own_is_the_same_to_the_last_bit(values: dict[str, Any]) -> None:
    halves, whole = _shared(values), trainer(values)
    assert isinstance(halves.players.lane, Beside)
    assert isinstance(whole.players.lane, Inline)
    run(halves, 5)
    run(whole, 5)
    one, other = state(halves), state(whole)
    one.numbers["threads"] = 1
    assert_same_state(one, other)


@pytest.mark.parametrize("values", VARIANTS)
def test_every_variant_goes_on_exactly_with_two_threads(values: dict[str, Any]) -> None:
    through = _shared(values)
    run(through, 5)
    first = _shared(values)
    run(first, 2)
    second = Trainer(first.experiment, device="cpu", snapshot=state(first))
    assert second.threads == 2
    run(second, 3)
    assert_same_state(state(second), state(through))


def test_small_steps_take_a_thread_for_each_half_and_large_ones_all_for_each_operation() -> None:
    t = trainer()
    shape = t.dataset.sample_shape
    lane, each = share(t.players, shape, 2)
    assert (type(lane), each) == (Beside, 1)
    assert share(t.players, shape, 1)[1] == 1
    assert isinstance(share(t.players, shape, 1)[0], Inline)
    one = multiplications(t.players.critic, shape, t.device)
    for threads, limit in ((2, HALVES), (7, SMALL)):
        t.players.share = int(limit / one)
        assert (type(share(t.players, shape, threads)[0]), share(t.players, shape, threads)[1]) == (Beside, 1)
        t.players.share += 1
        lane, each = share(t.players, shape, threads)
        assert (type(lane), each) == (Inline, threads)


@pytest.mark.parametrize("values", [CLASSIC, {"critic.spectral_norm": True}], ids=["no penalty", "spectral"])
def test_a_critic_that_changes_as_it_looks_is_asked_in_turn(values: dict[str, Any]) -> None:
    lane, each = share(trainer(values).players, (2,), 2)
    assert (type(lane), each) == (Inline, 1)


def test_multiplications_are_counted_and_nothing_changes_by_it() -> None:
    t = trainer()
    assert multiplications(t.players.critic, (2,), t.device) == 2 * 16 + 2 * 16 * 16 + 16
    t = trainer({**DCGAN, "critic.norm": "batch", **CLASSIC, "data.size": 16, "critic.width": 8})
    before = {name: value.clone() for name, value in t.players.critic.state_dict().items()}
    # 16 -> 8 -> 4 px with 1 -> 8 -> 16 channels by kernels of 4x4, then one number from 16 x 4 x 4.
    by_hand = 16 * (8 * 8 * 8 + 8 * 16 * 4 * 4) + 16 * 4 * 4
    assert multiplications(t.players.critic, (1, 16, 16), t.device) == by_hand
    assert t.players.critic.training
    for name, value in t.players.critic.state_dict().items():
        assert torch.equal(value, before[name])
    biggan = trainer(BIGGAN)  # with classes
    assert multiplications(biggan.players.critic, biggan.dataset.sample_shape, biggan.device) > 0


def test_an_error_of_the_other_thread_is_raised_where_its_work_is_waited_for() -> None:
    lane = Beside()

    def fail() -> None:
        raise MemoryError("no room")

    wait = lane.begin(fail)
    with pytest.raises(MemoryError, match="no room"):
        wait()
    assert lane.begin(lambda: 3)() == 3


def test_work_that_nobody_waited_for_is_not_taken_for_the_next() -> None:
    lane = Beside()
    lane.begin(lambda: 1)
    assert lane.begin(lambda: 2)() == 2


def test_the_thread_ends_with_its_training() -> None:
    gc.collect()
    before = set(threading.enumerate())  # those of other tests may end meanwhile
    t = _shared({})
    run(t, 1)
    (thread,) = [x for x in threading.enumerate() if x.name == "penalty" and x not in before]
    del t
    gc.collect()
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize("values", [DCGAN, BIGGAN], ids=["dcgan", "biggan"])
def test_convolutions_lie_channels_last_and_their_state_does_not(values: dict[str, Any]) -> None:
    t = trainer(values)
    run(t, 2)
    second = Trainer(t.experiment, device="cpu", snapshot=state(t))
    for players in (t.players, second.players):
        for network, optimizer in (
            (players.generator, players.generator_optimizer),
            (players.critic, players.critic_optimizer),
        ):
            filters = [weight for weight in network.parameters() if weight.dim() == 4]
            assert filters
            for weight in filters:
                assert weight.is_contiguous(memory_format=torch.channels_last)
                moment = optimizer.state[weight]["exp_avg"]
                assert moment.stride() == weight.stride()
    for arrays in state(t).tensors.values():
        assert all(array.flags.c_contiguous for array in arrays.values())
