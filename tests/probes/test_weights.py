"""Histograms of known weights."""

import numpy as np
import torch
from torch import nn

from ganstudio.probes.names import unpacked
from ganstudio.probes.weights import BINS, measure
from tests.probes.scenes import Linear, batches, scene


class TwoLayers(nn.Module):
    """Weights and biases that are known, and a normalisation whose gain does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.second = nn.Linear(2, 2), nn.LayerNorm(2), nn.Linear(2, 1)
        with torch.no_grad():
            self.first.weight.copy_(torch.tensor([[0.01, -0.01], [0.005, 0.0]]))
            self.first.bias.copy_(torch.tensor([0.00999999, -0.002]))
            self.second.weight.zero_()
            self.second.bias.zero_()


def test_weights_are_counted_layer_by_layer() -> None:
    seen = measure(scene(TwoLayers(), *batches(), clip=0.01))
    assert unpacked(seen["names"]) == ("linear 1", "linear 2")
    first = np.array([0.01, -0.01, 0.005, 0.0, 0.00999999, -0.002])
    expected, edges = np.histogram(first, BINS, (-0.01, 0.01))
    np.testing.assert_allclose(seen["edges"][0], edges, rtol=1e-5, atol=1e-9)
    assert seen["counts"].dtype == np.int64
    assert seen["counts"][0].sum() == 6
    assert seen["counts"][0][0] == expected[0] == 1
    assert seen["counts"][0][-1] == expected[-1] == 2
    assert seen["counts"][1].sum() == 3  # zeros, all in one of the two bins in the middle
    assert seen["counts"][1][BINS // 2 - 1 : BINS // 2 + 1].sum() == 3
    np.testing.assert_allclose(seen["stuck"], [3 / 6, 0.0])
    np.testing.assert_allclose(seen["clip"], [0.01])


def test_without_clipping_nothing_is_stuck_nor_free() -> None:
    seen = measure(scene(Linear([3.0, -4.0]), *batches()))
    assert np.isnan(seen["stuck"]).all()
    assert np.isnan(seen["clip"]).all()
    assert seen["edges"][0][[0, -1]].tolist() == [-4.0, 4.0]
    assert seen["counts"][0].sum() == 2
