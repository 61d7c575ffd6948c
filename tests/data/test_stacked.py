import struct

import numpy as np
import pytest

from ganstudio.data import stacked
from ganstudio.data.dataset import silent
from ganstudio.errors import ExperimentError, UserError
from ganstudio.experiment.parse import parse


@pytest.fixture
def mnist(tmp_path):
    """Twenty images; those of digit k are of the grey 20 k + 10."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    labels = (np.arange(20) % 10).astype(np.uint8)
    images = np.broadcast_to((20 * labels + 10)[:, None, None], (20, 28, 28)).astype(np.uint8)
    for name, array in (("train-images-idx3-ubyte", images), ("train-labels-idx1-ubyte", labels)):
        header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        (raw / name).write_bytes(header + array.tobytes())
    return tmp_path


def load(ask, path, seed=0, **settings):
    settings = {"size": 28, "channels": 3, "limit": 3000, **settings}
    return stacked.load(ask(source="stacked-mnist", path=str(path), **settings), seed, silent)


def test_the_label_is_the_three_digits_in_order(ask, mnist):
    data = load(ask, mnist)
    assert data.array.shape == (3000, 3, 28, 28)
    digits = (data.array[:, :, 5, 5].astype(int) - 10) // 20
    assert np.array_equal(data.labels, digits @ [100, 10, 1])
    assert data.class_names[42] == "042"
    assert len(data.class_names) == 1000
    assert len(np.unique(data.labels)) > 900  # 950 of 1,000 are expected of 3,000 draws


def test_the_seed_alone_decides(ask, mnist):
    assert np.array_equal(load(ask, mnist, limit=50).labels, load(ask, mnist, limit=50).labels)
    assert not np.array_equal(load(ask, mnist, limit=50).labels, load(ask, mnist, 1, limit=50).labels)


def test_the_usual_size_is_the_default(ask, mnist, monkeypatch):
    monkeypatch.setattr(stacked, "COUNT", 12_345)
    assert load(ask, mnist, limit=0, size=8).array.shape == (12_345, 3, 8, 8)


def test_without_mnist_the_sentence_says_what_to_do(ask, tmp_path):
    with pytest.raises(UserError, match=r"MNIST is not in .*data\.download"):
        load(ask, tmp_path)


def test_it_needs_three_channels():
    with pytest.raises(ExperimentError, match=r"data\.channels: Stacked MNIST has one digit in each of 3"):
        parse({"data": {"source": "stacked-mnist", "channels": 1, "size": 28}})
