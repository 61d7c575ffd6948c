"""What only a CUDA device can show: recorded steps are as right as plain ones, and no step waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from engine.helpers import (
    BIGGAN,
    CLASSIC,
    CLIPPED,
    CONDITIONAL,
    DCGAN,
    RESNET,
    assert_same_state,
    only,
    run,
    state,
    tiny,
)

from ganstudio.engine.events import Trouble
from ganstudio.engine.step import critic_stages, generator_stages
from ganstudio.engine.trainer import Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

CAPTURED = {"precision.capture": "automatic"}
TRAININGS: list[dict[str, Any]] = [
    {},
    CLIPPED,
    {"critic_optimizer.kind": "rmsprop", "generator_optimizer.kind": "sgd"},
    {**CLASSIC, "lipschitz.kind": "r1", "lipschitz.every": 3},
    {**DCGAN, "ema.decay": 0.9},
    {**DCGAN, "precision.kind": "bfloat16"},
    {**CONDITIONAL, "critic_optimizer.clip_norm": 0.5},
    {"techniques.historical_averaging": True, "techniques.instance_noise": True, "techniques.noise_over": 7},
    {**CLASSIC, "techniques.feature_matching": True, "critic.minibatch_discrimination": True},
    {"critic_optimizer.schedule": "cosine", "critic_optimizer.decay_over": 8},
    RESNET,
    BIGGAN,
]


@pytest.fixture(autouse=True)
def _the_same_sums_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)


@pytest.fixture
def _waiting_is_an_error() -> Iterator[None]:
    torch.cuda.set_sync_debug_mode("error")
    yield
    torch.cuda.set_sync_debug_mode("default")


def on_cuda(values: dict[str, Any], **options: Any) -> Trainer:
    return Trainer(tiny(**values), device="cuda", **options)


@pytest.mark.parametrize("values", TRAININGS)
def test_captured_steps_train_the_same_numbers(values: dict[str, Any]) -> None:
    ours, plain = on_cuda({**values, **CAPTURED}), on_cuda(values)
    assert not only(run(ours, 12), Trouble)
    run(plain, 12)
    assert any(shape.recording for shape in ours.steps._shapes.values())
    states = state(ours), state(plain)
    for each in states:
        each.numbers["experiment"]["precision"].pop("capture")  # type: ignore[index]
    assert_same_state(*states)


def test_a_captured_training_goes_on_exactly() -> None:
    t = on_cuda({**DCGAN, **CAPTURED})
    run(t, 8)
    saved = state(t)
    again = on_cuda({**DCGAN, **CAPTURED}, snapshot=saved)
    run(t, 6)
    run(again, 6)
    assert_same_state(state(t), state(again))


@pytest.mark.parametrize("values", [*TRAININGS, *({**values, **CAPTURED} for values in TRAININGS)])
def test_no_step_waits_for_the_device(values: dict[str, Any], request: pytest.FixtureRequest) -> None:
    t = on_cuda(values)
    for _ in range(3 * 16):  # every shape has been recorded, and the noise is gone
        list(t.advance())
    request.getfixturevalue("_waiting_is_an_error")
    for _ in range(40):  # across the end of an epoch, too
        t.steps.take(critic_stages, "critic")
        t.critic_steps += 1
        t.steps.take(generator_stages, "generator")


def test_several_trainings_capture_in_turns() -> None:
    one, other = on_cuda(CAPTURED), on_cuda({**CAPTURED, "seed": 1})
    alone = on_cuda(CAPTURED)
    for _ in range(3 * 12):
        list(one.advance())
        list(other.advance())
        list(alone.advance())
    assert_same_state(state(one), state(alone))
