"""A function in one call computes what it computes by itself."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from torch import Tensor

from ganstudio import one_call
from ganstudio.one_call import in_one_call
from tests.engine.helpers import assert_same_state, run, state, trainer


def _doubled(x: Tensor, times: int) -> tuple[Tensor, bool]:
    for _ in range(times):
        x = x + x
    return x, torch.jit.is_scripting()


def test_on_the_processor_it_is_compiled_and_elsewhere_or_switched_off_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call = in_one_call(_doubled)
    result, compiled = call(torch.ones(2), 3)
    assert (result.tolist(), compiled) == ([8.0, 8.0], True)
    assert not call(torch.ones(2, device="meta"), 3)[1]
    monkeypatch.setattr(one_call, "enabled", False)
    result, compiled = call(torch.ones(2), 3)
    assert (result.tolist(), compiled) == ([8.0, 8.0], False)


def test_a_torch_without_scripts_runs_it_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.jit, "script")
    result, compiled = in_one_call(_doubled)(torch.ones(2), 2)
    assert (result.tolist(), compiled) == ([4.0, 4.0], False)


def test_threads_that_come_at_once_get_the_same() -> None:
    call = in_one_call(_doubled)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(call(torch.ones(1), 4))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(result.item(), compiled) for result, compiled in found] == [(16.0, True)] * 8


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"generator.width": 256, "critic.width": 256, "schedule.batch_size": 64},  # where sums are long
        {"critic.activation": "relu", "lipschitz.side": "one-sided", "lipschitz.every": 2},
        {"data.source": "digits", "data.limit": 64, "probes.sample_count": 4},
    ],
)
def test_training_is_the_same_to_the_last_bit(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = trainer(values), trainer(values)
    run(ours, 6)  # scripts are compiled anew after their first calls
    monkeypatch.setattr(one_call, "enabled", False)
    run(theirs, 6)
    assert_same_state(state(ours), state(theirs))
