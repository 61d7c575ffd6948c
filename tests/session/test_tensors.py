"""Our safetensors files are what the library reads, and say what lies on the disk."""

import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from numpy.typing import NDArray
from safetensors.numpy import load_file

from ganstudio.session import tensors
from ganstudio.session.files import read_tensors, write_tensors

DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?", ">f4"]
NAMED = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).filter(
        lambda name: name != "__metadata__"
    ),
    st.sampled_from(DTYPES).flatmap(
        lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0))
    ),
    max_size=5,
)


@given(NAMED)
def test_the_library_reads_the_same_arrays(
    tmp_path_factory: pytest.TempPathFactory, named: dict[str, NDArray]
) -> None:
    path = tmp_path_factory.mktemp("tensors") / "a.safetensors"
    written = write_tensors(path, named)
    content = path.read_bytes()
    assert written == {"bytes": len(content), "crc32": zlib.crc32(content)}
    for back in (load_file(path), read_tensors(path, written)):
        assert back.keys() == named.keys()
        for name, array in named.items():
            assert back[name].dtype == array.dtype.newbyteorder("=")
            assert back[name].shape == array.shape
            assert back[name].tobytes() == array.astype(array.dtype.newbyteorder("=")).tobytes()


def test_large_and_transposed_arrays_come_back(tmp_path: Path) -> None:
    count = tensors.PIECE // 4
    for size in (count - 1, count, 2 * count + 3):
        named = {"a": np.arange(3 * size, dtype=np.float32).reshape(3, size).T, "b": np.ones(1, np.uint8)}
        written = write_tensors(tmp_path / "a", named)
        back = read_tensors(tmp_path / "a", written)
        assert all(np.array_equal(back[name], array) for name, array in named.items())
