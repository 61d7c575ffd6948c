"""What is made ahead of the next step changes no number, and nobody sees that it is there."""

from __future__ import annotations

import threading
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ganstudio.engine import ahead
from ganstudio.engine.ahead import Ahead, Buffers, Stock
from ganstudio.engine.events import Evaluated, GradientNorms, Measured, Samples
from ganstudio.engine.lanes import Beside, Inline, Lane
from ganstudio.engine.players import Players
from ganstudio.engine.step import critic_step
from ganstudio.engine.trainer import Trainer
from tests.engine.helpers import CONDITIONAL, DCGAN, assert_same_state, only, run, state, tiny, trainer

# Generators that change as they look, and streams that go on beside the latents'.
VARIED: list[dict[str, Any]] = [
    {},
    {"generator.norm": "none"},
    {"generator.spectral_norm": True},
    {"generator.norm": "virtual-batch"},
    {**DCGAN, "generator.norm": "batch"},
    {"techniques.instance_noise": True, "techniques.noise_over": 7},
    {"latent.distribution": "uniform", "ema.decay": 0.9},
    {"precision.kind": "bfloat16"},
    {"data.source": "digits", "data.limit": 64, "probes.sample_count": 4},
    {"techniques.feature_matching": True},
    {"generator.orthogonal_weight": 0.01},
    {"techniques.historical_averaging": True},
    {"objective.kind": "hinge"},
]


@pytest.fixture(autouse=True)
def _threads_as_before() -> Any:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Ahead]:
    """All that is begun ahead from here on."""
    seen: list[Ahead] = []
    original = Ahead.__init__

    def noted(self: Ahead, *arguments: Any) -> None:
        seen.append(self)
        original(self, *arguments)

    monkeypatch.setattr(Ahead, "__init__", noted)
    return seen


def beside(values: dict[str, Any] | None = None) -> Trainer:
    t = Trainer(tiny(**{"schedule.n_critic": 3, **(values or {})}), device="cpu", threads=2)
    assert t.players.lane.is_beside
    return t


def in_turn(values: dict[str, Any] | None = None) -> Trainer:
    return trainer({"schedule.n_critic": 3, **(values or {})})


def advance(t: Trainer, steps: int) -> None:
    for _ in range(steps):
        list(t.advance())


def assert_same(one: Trainer, other: Trainer) -> None:
    """Equal to the last bit, but for the number of threads."""
    states = state(one), state(other)
    for each in states:
        each.numbers["threads"] = 0
    assert_same_state(*states)


@pytest.mark.parametrize("values", VARIED)
def test_every_step_but_the_first_finds_its_samples_made(values: dict[str, Any], begun: list[Ahead]) -> None:
    ours, theirs = beside(values), in_turn(values)
    run(ours, 4)
    assert len(begun) == 4 * 4  # in each step, for the one that follows
    run(theirs, 4)
    assert len(begun) == 4 * 4
    assert_same(ours, theirs)


@pytest.mark.parametrize("values", VARIED)
@pytest.mark.parametrize("steps", [1, 3, 6])
def test_a_state_within_an_iteration_is_that_of_the_algorithm(
    values: dict[str, Any], steps: int, begun: list[Ahead]
) -> None:
    ours, theirs = beside(values), in_turn(values)
    advance(ours, steps)
    advance(theirs, steps)
    assert begun
    assert_same(ours, theirs)
    second = Trainer(ours.experiment, device="cpu", snapshot=state(ours))
    for t in (ours, second, theirs):  # goes on as if nobody had looked
        advance(t, 4)
    assert_same(ours, theirs)
    assert_same(second, theirs)


def test_who_looks_within_an_iteration_sees_the_generator_as_it_is() -> None:
    ours, theirs = beside(), in_turn()
    advance(ours, 2)
    advance(theirs, 2)
    (mine,), (its,) = (only(t.look(), Samples) for t in (ours, theirs))
    assert np.array_equal(mine.generated, its.generated)
    advance(ours, 3)
    advance(theirs, 3)
    assert_same(ours, theirs)


@pytest.mark.parametrize(
    ("path", "value"), [("schedule.n_critic", 1), ("schedule.n_critic", 5), ("lipschitz.weight", 3.0)]
)
def test_a_live_edit_within_an_iteration_acts_as_ever(path: str, value: object) -> None:
    ours, theirs = beside(), in_turn()
    for t in (ours, theirs):
        advance(t, 2)
        t.control.edit(path, value)
        run(t, 3)
    assert_same(ours, theirs)


def test_an_earlier_state_can_be_taken_up_while_something_is_on_its_way() -> None:
    ours, theirs = beside(), in_turn()
    kept = state(ours)
    advance(ours, 1)
    ours.states.restore(kept)
    run(ours, 2)
    run(theirs, 2)
    assert_same(ours, theirs)


def test_a_run_that_was_left_is_taken_up_where_the_algorithm_stood() -> None:
    looks = {"probes.gradient_norms_every": 1}
    ours, theirs = beside(looks), in_turn(looks)
    for t in (ours, theirs):
        next(event for event in t.run(9) if isinstance(event, GradientNorms) and event.iteration == 2)
    mine, its = (only(t.run(2), Samples) for t in (ours, theirs))
    for one, other in zip(mine, its, strict=True):
        assert np.array_equal(one.generated, other.generated)
    assert_same(ours, theirs)


def go_at(t: Trainer, seconds_per_stage: float | None) -> None:
    """Go so slow from now on, or at full speed."""
    t.control.slow(seconds_per_stage)
    list(t._conductor.obey())


def test_a_step_that_was_left_amid_its_stages_leaves_nothing_to_the_next() -> None:
    ours, theirs = beside(), in_turn()
    for t in (ours, theirs):
        kept = state(t)
        advance(t, 7)  # up to a generator step
        go_at(t, 0)
        next(event for event in t.advance() if getattr(event, "stage", "") == "score_fake")
        t.states.restore(kept)
        advance(t, 4)
        go_at(t, None)
        advance(t, 4)
    assert_same(ours, theirs)


def test_a_slow_step_leaves_the_stream_where_the_algorithm_does() -> None:
    ours, theirs = beside(), in_turn()
    for t in (ours, theirs):
        advance(t, 4)  # an iteration, whose end has latents in stock
        go_at(t, 0)
        advance(t, 1)
    assert_same(ours, theirs)


def test_slow_motion_makes_nothing_ahead_and_takes_what_is_there(begun: list[Ahead]) -> None:
    ours, theirs = beside(), in_turn()
    advance(ours, 1)
    assert len(begun) == 1
    ours.control.slow(0)
    run(ours, 2)
    assert len(begun) == 1
    advance(theirs, 1)
    run(theirs, 2)
    assert_same(ours, theirs)


def test_steps_that_are_taken_by_themselves_make_nothing_ahead(begun: list[Ahead]) -> None:
    t = beside()
    critic_step(t.players)
    assert not begun


@pytest.mark.parametrize("values", [CONDITIONAL, {}], ids=["labels", "switched off"])
def test_where_labels_are_asked_or_it_is_switched_off_nothing_is_made_ahead(
    values: dict[str, Any], begun: list[Ahead], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "enabled", bool(values))
    ours, theirs = beside(values), in_turn(values)
    run(ours, 2)
    run(theirs, 2)
    assert not begun
    assert_same(ours, theirs)


def fail(_players: Players) -> None:
    raise MemoryError("no room")


def test_two_states_of_the_buffers_are_kept_at_once() -> None:
    norm = nn.BatchNorm1d(3)
    buffers = Buffers(norm)
    assert norm.running_mean is not None
    first = buffers.kept()
    norm(torch.randn(4, 3))
    second, between = buffers.kept(), norm.running_mean.clone()
    norm(torch.randn(4, 3))
    buffers.put_back(second)
    assert torch.equal(norm.running_mean, between)
    buffers.put_back(first)
    assert torch.equal(norm.running_mean, torch.zeros(3))
    assert norm.num_batches_tracked is not None
    assert norm.num_batches_tracked.item() == 0


def test_an_error_is_raised_in_the_step_that_needs_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Players, "_fresh_samples", fail)
    t = beside()
    advance(t, 1)
    with pytest.raises(MemoryError, match="no room"):
        advance(t, 1)


def test_an_error_of_what_nobody_needs_is_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = beside(), in_turn()
    with monkeypatch.context() as patch:
        patch.setattr(Players, "_fresh_samples", fail)
        advance(ours, 1)
        advance(theirs, 1)
        assert_same(ours, theirs)  # takes it back
    advance(ours, 3)
    advance(theirs, 3)
    assert_same(ours, theirs)


def test_samples_whose_latents_cannot_be_drawn_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = beside(), in_turn()
    for t in (ours, theirs):
        advance(t, 3)
    t = ours
    t.players.lane.begin(lambda: None)()  # nothing is under way that would draw
    with monkeypatch.context() as patch:
        patch.setattr(t.players._stock, "_draw", lambda: fail(t.players))
        advance(t, 1)
        t.players.lane.begin(lambda: None)()
    advance(theirs, 1)
    assert_same(ours, theirs)  # takes it back
    for t in (ours, theirs):
        advance(t, 4)
    assert_same(ours, theirs)


def test_another_generator_that_takes_the_place_of_the_first_is_taken_back_too() -> None:
    ours, theirs = beside(), in_turn()
    for t in (ours, theirs):
        advance(t, 1)
        t.players.take_back()
        t.players.generator = deepcopy(t.players.generator)
        advance(t, 1)
    assert_same(ours, theirs)


LOOKS = ("samples", "measure", "evaluate", "gradient_norms")


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("looks", [LOOKS, *((name,) for name in LOOKS)])
def test_what_is_seen_between_two_iterations_is_what_was_trained(looks: tuple[str, ...], every: int) -> None:
    values = {f"probes.{name}_every": every if name in looks else 1000 for name in LOOKS}
    ours, theirs = beside(values), in_turn(values)
    seen, expected = (
        [event for event in t.run(4) if isinstance(event, Samples | Measured | Evaluated)]
        for t in (ours, theirs)
    )
    assert [type(event) for event in seen] == [type(event) for event in expected]
    for one, other in zip(seen, expected, strict=True):
        _assert_same_figures(vars(one), vars(other))
    assert_same(ours, theirs)


def _assert_same_figures(one: Any, other: Any) -> None:
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            _assert_same_figures(one[name], other[name])
    else:
        np.testing.assert_array_equal(one, other)


class Drawer:
    """Draws numbers from a stream of its own, and fails when it is told to."""

    def __init__(self) -> None:
        self.stream, self.fails = torch.Generator().manual_seed(3), False

    def draw(self) -> torch.Tensor:
        drawn = torch.rand(2, generator=self.stream)
        if self.fails:
            raise MemoryError("no room")
        return drawn

    def stock(self) -> Stock:
        return Stock(self.draw, lambda: self.stream)


@pytest.mark.parametrize("kind", [Inline, Beside])
def test_a_stock_gives_what_the_stream_would(kind: type[Lane]) -> None:
    ours, plain = Drawer(), Drawer()
    lane, stock = kind(), ours.stock()
    for count in (3, 4, 0):
        stock.begin(lane, count)
        for _ in range(2):
            assert torch.equal(stock.next(), plain.draw())
    assert torch.equal(stock.before(), ours.stream.get_state())
    assert torch.equal(stock.next(), plain.draw())
    assert torch.equal(ours.stream.get_state(), plain.stream.get_state())


@pytest.mark.parametrize("used", [0, 1, 3])
def test_a_stock_that_is_taken_back_leaves_the_stream_where_it_was(used: int) -> None:
    ours, plain = Drawer(), Drawer()
    stock = ours.stock()
    stock.begin(Beside(), 3)
    for _ in range(used):
        assert torch.equal(stock.next(), plain.draw())
    assert torch.equal(stock.before(), plain.stream.get_state())
    stock.take_back()
    assert torch.equal(ours.stream.get_state(), plain.stream.get_state())
    assert torch.equal(stock.next(), plain.draw())


def test_a_stock_that_cannot_be_drawn_leaves_the_stream_where_it_was() -> None:
    ours, plain = Drawer(), Drawer()
    stock = ours.stock()
    ours.fails = True
    stock.begin(Beside(), 3)
    with pytest.raises(MemoryError, match="no room"):
        stock.next()
    assert torch.equal(ours.stream.get_state(), plain.stream.get_state())
    stock.begin(Beside(), 3)
    stock.take_back()  # is told where they are needed
    assert torch.equal(ours.stream.get_state(), plain.stream.get_state())


def test_the_latents_of_an_iteration_are_drawn_while_the_generator_learns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    original = Players._draw_latents

    def noted(self: Players) -> torch.Tensor:
        drawn.append(threading.current_thread().name)
        return original(self)

    monkeypatch.setattr(Players, "_draw_latents", noted)
    t = beside()
    advance(t, 4)  # an iteration of three critic steps
    t.players.take_back()
    assert drawn[:1] == [threading.main_thread().name]  # nothing was known of the first
    assert drawn[1:] == ["penalty"] * (3 + 4)
