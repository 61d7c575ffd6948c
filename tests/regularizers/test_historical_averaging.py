"""The mean of past weights, the squared distance from it, and its gradient."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from ganstudio.regularizers.historical_averaging import HistoricalAverage


def update(history: HistoricalAverage) -> None:
    history.count_on()
    history.take_in()


def set_to(network: nn.Linear, value: float) -> None:
    with torch.no_grad():
        for p in network.parameters():
            p.fill_(value)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=12))
@settings(deadline=None)
def test_distance_from_the_plain_mean_of_all_past_weights(past: list[float]) -> None:
    network = nn.Linear(3, 2).double()  # 6 weights and 2 biases
    set_to(network, past[0])
    history = HistoricalAverage(network)
    for value in past[1:]:
        set_to(network, value)
        update(history)
    set_to(network, 1.5)
    mean = sum(past) / len(past)
    distance = history.distance()
    assert distance.item() == pytest.approx(8 * (1.5 - mean) ** 2, rel=1e-9, abs=1e-12)
    distance.backward()
    for p in network.parameters():
        assert p.grad is not None  # 2 (theta - mean); the mean itself is no function of the weights
        torch.testing.assert_close(p.grad, torch.full_like(p, 2 * (1.5 - mean)), rtol=1e-9, atol=1e-9)


def test_a_network_at_its_start_pays_nothing() -> None:
    assert HistoricalAverage(nn.Linear(3, 2)).distance().item() == 0


def test_state_round_trips() -> None:
    network = nn.Linear(3, 2)
    one, other = HistoricalAverage(network), HistoricalAverage(network)
    for value in (1.0, 4.0):
        set_to(network, value)
        update(one)
    other.restore(one.tensors())
    set_to(network, -2.0)
    update(one)
    update(other)
    for name, tensor in one.tensors().items():
        assert torch.equal(tensor, other.tensors()[name])
    with pytest.raises(KeyError):
        other.restore({})
