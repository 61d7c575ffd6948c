import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ganstudio.data import drawing, held_out
from ganstudio.data.dataset import silent
from ganstudio.data.packing import LONGEST, SIDE
from ganstudio.errors import ExperimentError
from ganstudio.experiment.files import experiment_toml
from ganstudio.experiment.parse import parse
from ganstudio.experiment.rules import missing


@given(arrays(np.uint8, (SIDE, SIDE), elements=st.integers(0, 255), fill=st.just(0)))
def test_a_drawing_is_text_and_back(density):
    text = drawing.encode(density)
    assert len(text) <= LONGEST
    if density.any():
        assert np.array_equal(drawing.decode(text), density)
    else:
        assert text == ""


def test_noise_fits_too():
    density = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    text = drawing.encode(density)
    assert len(text) <= LONGEST
    assert drawing.decode(text).tolist() == density.tolist()


def test_points_lie_in_their_cells_as_often_as_drawn(ask):
    density = np.zeros((SIDE, SIDE), np.uint8)
    density[0, 0], density[SIDE - 1, 16] = 255, 85  # top left, and three times rarer at the bottom
    data = drawing.load(ask(points=8000, drawing=drawing.encode(density)), 0, silent)
    cell = 2 / SIDE
    top_left = (data.array[:, 0] < -1 + cell) & (data.array[:, 1] > 1 - cell)
    bottom = (
        (data.array[:, 0] >= -1 + 16 * cell)
        & (data.array[:, 0] < -1 + 17 * cell)
        & (data.array[:, 1] < -1 + cell)
    )
    assert (top_left | bottom).all()
    assert abs(top_left.mean() - 0.75) < 0.025  # five standard deviations
    assert np.unique(data.array[:, 0]).size > 1000


def test_what_is_held_out_is_drawn_anew(ask):
    density = np.ones((SIDE, SIDE), np.uint8)
    request = ask(source="drawing", points=1000, held_out=0.2, drawing=drawing.encode(density))
    training, held = held_out.load(request, 0, silent)
    assert (len(training), len(held)) == (1000, 200)
    assert not set(map(tuple, training.array.tolist())) & set(map(tuple, held.array.tolist()))


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        base64.b64encode(b"no zip").decode(),
        base64.b64encode(zlib.compress(bytes(SIDE * SIDE))).decode(),
        base64.b64encode(zlib.compress(b"\1" * (SIDE * SIDE + 1))).decode(),
        base64.b64encode(zlib.compress(b"\1" * 99)).decode(),
    ],
)
def test_what_is_no_drawing_is_refused_beside_its_setting(text):
    with pytest.raises(ExperimentError, match=r"data\.drawing: is no drawing"):
        parse({"data": {"source": "drawing", "drawing": text}})


def test_an_experiment_carries_its_drawing():
    text = drawing.encode(np.eye(SIDE, dtype=np.uint8) * 200)
    networks = {"generator": {"kind": "mlp"}, "critic": {"kind": "mlp"}}
    experiment = parse({"data": {"source": "drawing", "drawing": text}, **networks})
    assert f'drawing = "{text}"' in experiment_toml(experiment)
    assert missing(experiment) == []
    (issue,) = missing(parse({"data": {"source": "drawing"}, **networks}))
    assert issue.path == "data.drawing"
