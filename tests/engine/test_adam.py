"""Adam with its lists kept takes the library's steps, to the last bit."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import nn

from ganstudio.engine import adam as module
from ganstudio.engine.adam import Adam

SETTINGS: dict[str, Any] = {"lr": 0.01, "betas": (0.5, 0.9), "fused": True}


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))


def learn(of: nn.Module, optimizer: torch.optim.Optimizer, at: int, *, frozen: bool = False) -> None:
    """One step on data of its own; with ``frozen`` the first layer gets no gradient."""
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(at))
    optimizer.zero_grad()
    of[0].requires_grad_(not frozen)  # type: ignore[index,operator]
    of(x).square().sum().backward()
    optimizer.step()


def both(play: Callable[[nn.Module, torch.optim.Optimizer], torch.optim.Optimizer]) -> None:
    """Play with either, and compare weights and state."""
    networks = network(), network()
    kinds = Adam, torch.optim.Adam
    optimizers = [play(n, kind(n.parameters(), **SETTINGS)) for n, kind in zip(networks, kinds, strict=True)]
    for ours, theirs in zip(*(n.parameters() for n in networks), strict=True):
        assert torch.equal(ours, theirs)
    states = [optimizer.state_dict()["state"] for optimizer in optimizers]
    assert states[0].keys() == states[1].keys()
    for key, state in states[0].items():
        assert state.keys() == states[1][key].keys()
        assert all(torch.equal(value, states[1][key][name]) for name, value in state.items())


def test_steps_are_the_librarys() -> None:
    def play(of: nn.Module, optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
        for at in range(5):
            optimizer.param_groups[0]["lr"] = 0.01 / (1 + at)
            learn(of, optimizer, at)
        return optimizer

    both(play)


def test_a_state_that_is_loaded_takes_the_place_of_the_one_before() -> None:
    def play(of: nn.Module, optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
        for at in range(3):
            learn(of, optimizer, at)
        kept = deepcopy(optimizer.state_dict())
        learn(of, optimizer, 3)
        optimizer.load_state_dict(kept)
        for at in range(4, 7):
            learn(of, optimizer, at)
        return optimizer

    both(play)


def test_weights_without_a_gradient_stay() -> None:
    def play(of: nn.Module, optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
        for at, frozen in enumerate((True, False, False, True, False)):
            learn(of, optimizer, at, frozen=frozen)
        return optimizer

    both(play)


def test_from_the_second_step_on_it_is_quick_unless_it_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for enabled in (True, False):
        monkeypatch.setattr(module, "enabled", enabled)
        of = network()
        optimizer = Adam(of.parameters(), **SETTINGS)
        for at in range(4):
            learn(of, optimizer, at)
            assert (optimizer._held is not None) == enabled


def test_gradients_are_forgotten_or_filled_with_zeros() -> None:
    of = network()
    optimizer = Adam(of.parameters(), **SETTINGS)
    of(torch.ones(1, 3)).sum().backward()
    optimizer.zero_grad(set_to_none=False)
    assert all(weight.grad is not None and not weight.grad.any() for weight in of.parameters())
    optimizer.zero_grad()
    assert all(weight.grad is None for weight in of.parameters())
