import gzip
import struct

import numpy as np
import pytest

from ganstudio.data import arrays
from ganstudio.data.dataset import silent
from ganstudio.errors import UserError

random = np.random.default_rng(0)
GREY = random.integers(0, 256, (20, 8, 8), dtype=np.uint8)
COLOUR = random.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)


def save(path, array, **more):
    if path.suffix == ".npz":
        np.savez(path, **{"images": array, **more})
    else:
        np.save(path, array)
    return path


def images(ask, path, seed=0, **settings):
    return arrays.load_images(ask(source="array", path=str(path), **settings), seed, silent)


def points(ask, path, seed=0, **settings):
    return arrays.load_points(ask(source="points-file", path=str(path), **settings), seed, silent)


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (GREY, GREY[:, None]),
        (GREY[..., None], GREY[:, None]),
        (COLOUR, COLOUR.transpose(0, 3, 1, 2)),
        (COLOUR.transpose(0, 3, 1, 2), COLOUR.transpose(0, 3, 1, 2)),
        (GREY.astype(np.int64), GREY[:, None]),
        (GREY.astype(np.uint16) * 257, GREY[:, None]),
        (GREY / 255, GREY[:, None]),
        ((GREY / 127.5 - 1).astype(np.float32), GREY[:, None]),
        (GREY.astype(np.float64), GREY[:, None]),
        (GREY > 127, np.where(GREY > 127, 255, 0)[:, None]),
    ],
)
def test_layouts_and_ranges(ask, tmp_path, array, expected):
    data = images(ask, save(tmp_path / "a.npy", array), channels=expected.shape[1])
    assert data.array.dtype == np.uint8
    assert np.array_equal(data.array, expected)


def test_labels_come_along_and_follow_the_choice(ask, tmp_path):
    labels = np.arange(20) % 3 + 5
    path = save(tmp_path / "a.npz", GREY, y=labels[:, None])
    data = images(ask, path)
    assert data.class_names == ("5", "6", "7")
    assert data.labels.tolist() == (labels - 5).tolist()
    part = images(ask, path, limit=7, seed=1)
    which = [int(np.flatnonzero((image[0] == GREY).all(axis=(1, 2)))[0]) for image in part.array]
    assert part.labels.tolist() == (labels[which] - 5).tolist()


def test_framing_of_what_is_not_square(ask, tmp_path):
    wide = np.zeros((2, 4, 12), np.uint8)
    wide[:, :, 4:8] = 200
    path = save(tmp_path / "a.npy", wide)
    assert (images(ask, path, size=4).array == 200).all()
    whole = images(ask, path, size=12, framing="fit", background="#0a0a0a").array[0, 0]
    assert whole[0].tolist() == [10] * 12
    assert whole[5].tolist() == [0] * 4 + [200] * 4 + [0] * 4
    assert images(ask, path, size=16, framing="random-crop").wide.shape == (2, 1, 18, 18)


def test_transparency_lies_on_the_background(ask, tmp_path):
    clear = np.zeros((2, 8, 8, 4), np.uint8)
    data = images(ask, save(tmp_path / "a.npy", clear), channels=3, background="#010203")
    assert data.array[1, :, 3, 3].tolist() == [1, 2, 3]


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_with_their_labels(ask, tmp_path, packed):
    for name, array in (("train-images-idx3-ubyte", GREY), ("train-labels-idx1-ubyte", np.arange(20) % 4)):
        content = idx(array.astype(np.uint8))
        if packed:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (tmp_path / name).write_bytes(content)
    data = images(ask, tmp_path / f"train-images-idx3-ubyte{'.gz' * packed}")
    assert np.array_equal(data.array[:, 0], GREY)
    assert data.labels.tolist() == [k % 4 for k in range(20)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a readable"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "needs .* GiB of memory"),
        (idx(GREY)[:-1], "its length is not what it says"),
        (idx(GREY) + b"x", "its length is not what it says"),
        (b"\0\0\x08\x09" + bytes(99), "9 dimensions"),
        (b"PK\x03\x04 no zip", "not a readable"),
        (b"\x93NUMPY no array", "not a readable"),
        (b"just text", "not a readable"),
    ],
)
def test_damaged_files_are_one_sentence(ask, tmp_path, content, words):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(UserError, match=words):
        images(ask, tmp_path / "a.npy")


def test_python_objects_are_never_read(ask, tmp_path):
    for name in ("a.npy", "a.npz"):
        array = np.array([{"run": "me"}], dtype=object)
        with pytest.raises(UserError, match="holds Python objects, which are never read"):
            images(ask, save(tmp_path / name, array))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((0, 8, 8), np.uint8), "holds no images: its shape is 0 x 1 x 8 x 8"),
        (np.zeros((5, 8)), "images 5 x 8; none of it can be taken as images"),
        (np.zeros((5, 8, 8, 7)), "5 x 8 x 8 x 7; images have 1, 3 or 4 channels"),
        (np.full((5, 8, 8), 300.0), "span 300 to 300"),
        (np.full((5, 8, 8), np.nan), "not finite"),
        (np.full((5, 8, 8), "a"), "no numbers"),
    ],
)
def test_what_can_be_no_images(ask, tmp_path, array, words):
    with pytest.raises(UserError, match=words):
        images(ask, save(tmp_path / "a.npy", array))


def test_missing_files_and_folders(ask, tmp_path):
    for load in (images, points):
        for path in (tmp_path, tmp_path / "none.npy", tmp_path / "none.csv"):
            with pytest.raises(UserError, match="There is no file"):
                load(ask, path)


@pytest.mark.parametrize("sign", [",", ";", "\t", " ", ", "])
@pytest.mark.parametrize("heading", ["", "x{0}y{0}class\n"])
def test_tables_with_and_without_a_heading(ask, tmp_path, sign, heading):
    rows = [("1", "2.5", "b"), ("-3", "4e1", "a"), ("5", "6", "b")]
    text = heading.format(sign) + "# a remark\n\n" + "\n".join(sign.join(row) for row in rows)
    (tmp_path / "a.csv").write_text(text)
    data = points(ask, tmp_path / "a.csv", rescale=False)
    assert data.array.tolist() == [[1, 2.5], [-3, 40], [5, 6]]
    assert data.class_names == ("a", "b")
    assert data.labels.tolist() == [1, 0, 1]


def test_points_are_scaled_alike_in_both_directions(ask, tmp_path):
    save(tmp_path / "a.npy", np.array([[100.0, 10.0], [300.0, 20.0], [200.0, 15.0]]))
    assert points(ask, tmp_path / "a.npy").array == pytest.approx(
        np.array([[-1, -0.05], [1, 0.05], [0, 0]]), abs=1e-7
    )
    assert points(ask, tmp_path / "a.npy", rescale=False).array[0].tolist() == [100, 10]
    assert len(points(ask, tmp_path / "a.npy", limit=2)) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2\n3,x\n", "Line 2 of .* does not begin with two numbers: '3 x'"),
        ("1,2\n3\n", "Line 2"),
        ("a,b\nc,d\n", "Line 2"),
        ("1,2,a\n3,4\n", "1 of 2 lines have a third column"),
        ("", "holds 0 points"),
        ("1,2\n3,inf\n", "not all finite"),
        ("1,2\n3,1e200\n4,5\n", "too large"),
        ("\0\xff", "is not a table of text|does not begin"),
    ],
)
def test_tables_that_make_no_sense(ask, tmp_path, text, words):
    (tmp_path / "a.csv").write_text(text, encoding="latin-1")
    with pytest.raises(UserError, match=words):
        points(ask, tmp_path / "a.csv", rescale=False)
