"""A step is work of the device alone: it waits for nothing, and nothing travels between host and device.

The device is torch's "meta" here, which every machine has: it knows shapes and no numbers, so whatever asks
it for a number fails, and a tensor of the host among its own is seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine.helpers import VARIANTS, tiny
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from ganstudio.data import held_out
from ganstudio.data.dataset import Dataset, silent
from ganstudio.engine import build, casting
from ganstudio.engine.casting import build_players
from ganstudio.engine.classes import class_names
from ganstudio.engine.crew import Alone
from ganstudio.engine.players import Players
from ganstudio.engine.step import critic_step, generator_step

META = torch.device("meta")
FUSED = {"_fused_adam_", "_fused_sgd_"}  # meta has none; they return nothing


class OnDevice(TorchDispatchMode):
    """Refuses every operation that reads or makes a tensor elsewhere."""

    def __torch_dispatch__(self, function: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        fused = function.overloadpacket.__name__ in FUSED
        made = None if fused else function(*args, **(kwargs or {}))
        for leaf in tree_flatten((args, kwargs, made))[0]:
            if isinstance(leaf, Tensor) and leaf.device != META:
                raise AssertionError(f"{function} works on the {leaf.device}")
        return made


@pytest.fixture(autouse=True)
def _meta_is_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it count as one like CUDA."""
    monkeypatch.setattr(build, "ASYNCHRONOUS", frozenset({"meta"}))
    monkeypatch.setattr(casting, "stream", lambda seed, purpose, _device: torch.Generator().manual_seed(seed))
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda _device: False)
    rmsprop = sys.modules[torch.optim.RMSprop.__module__]
    monkeypatch.setattr(rmsprop, "_get_capturable_supported_devices", lambda: ["meta"])
    optimizer = sys.modules[torch.optim.Optimizer.__module__]
    monkeypatch.setattr(optimizer, "_get_fused_kernels_supported_devices", lambda: ["meta"])


def on_meta(values: dict[str, Any]) -> Players:
    experiment = tiny(**values)
    dataset, _ = held_out.load(experiment.data, experiment.seed, silent)
    return build_players(experiment, dataset, len(class_names(experiment, dataset)), META, Alone())


def take(players: Players, network: Any, step: Callable[[Players], Any]) -> Any:
    """One step, with the host's part of it done before."""
    players.turn, players.is_fed = players.next_turn(network).held(META), True
    with OnDevice():
        return step(players)


FULL = [values for values in VARIANTS if "precision.kind" not in values]  # meta has no mixed precision


@pytest.mark.parametrize("values", [*FULL, {"critic_optimizer.kind": "sgd"}])
def test_a_step_is_work_of_the_device_alone(values: dict[str, Any]) -> None:
    players = on_meta(values)
    for _ in range(2):  # the second finds the optimisers' states
        assert take(players, "critic", critic_step).loss.device == META
        players.critic_steps += 1
    assert take(players, "generator", generator_step).loss.device == META


@pytest.mark.parametrize("labelled", [False, True])
def test_images_that_stay_on_the_disk_come_over_before_the_step(tmp_path: Path, labelled: bool) -> None:
    values = {
        "data.source": "digits",
        "generator.kind": "dcgan",
        "critic.kind": "dcgan",
        "data.size": 9,
        "generator.width": 4,
        "critic.width": 4,
    }
    experiment = tiny(**values, **({"conditioning.kind": "class"} if labelled else {}))
    np.save(tmp_path / "images.npy", np.zeros((40, 1, 9, 9), np.uint8))
    images = np.load(tmp_path / "images.npy", mmap_mode="c")
    dataset = Dataset("images", images, labels=np.zeros(40, np.int64), class_names=("a", "b"))
    players = build_players(experiment, dataset, 2 if labelled else 0, META, Alone())
    step = take(players, "critic", critic_step)
    assert step.real.shape == (16, 1, 9, 9)
    assert (step.labels is not None) == labelled


def test_the_guard_would_notice() -> None:
    ones = torch.ones(3, device=META)
    with OnDevice(), pytest.raises(AssertionError, match="works on the cpu"):
        torch.ones(3).to(META)
    with OnDevice(), pytest.raises(RuntimeError):
        ones.sum().item()
    with OnDevice(), pytest.raises((RuntimeError, NotImplementedError)):
        ones[ones > 0]
