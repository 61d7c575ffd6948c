import os
import threading

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import folder
from ganstudio.data.dataset import silent
from ganstudio.errors import Cancelled, UserError


def put(path, grey=128, size=(12, 10)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, grey).save(path)
    return path


def load(ask, path, seed=0, progress=silent, **settings):
    return folder.load(ask(source="folder", path=str(path), **settings), seed, progress)


def greys(data):
    return data.array[:, 0, 0, 0].tolist()


@pytest.fixture
def images(tmp_path):
    """Ten images, written in an order that is not that of their names; image k has the grey 10 k."""
    for k in (3, 0, 9, 1, 8, 2, 7, 5, 6, 4):
        put(tmp_path / f"{k}.png", 10 * k)
    return tmp_path


def test_images_come_by_name_as_one_array(ask, images):
    data = load(ask, images, size=16, channels=3)
    assert data.array.shape == (10, 3, 16, 16)
    assert data.array.dtype == np.uint8
    assert greys(data) == [10 * k for k in range(10)]
    assert data.is_images
    assert data.labels is None
    assert data.class_names == ()
    assert data.skipped == ()


def test_the_order_does_not_depend_on_the_file_system(ask, images, monkeypatch):
    expected = greys(load(ask, images))
    scan = os.scandir

    class Backwards:
        def __init__(self, path):
            with scan(path) as found:
                self.entries = sorted(found, key=lambda entry: entry.name, reverse=True)

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(os, "scandir", Backwards)
    assert greys(load(ask, images)) == expected


def test_the_limit_draws_files_before_any_is_decoded(ask, images, monkeypatch):
    decoded = []
    decode = folder.decode

    def record(file, *rest, **options):
        decoded.append(file)
        return decode(file, *rest, **options)

    monkeypatch.setattr(folder, "decode", record)
    first = greys(load(ask, images, seed=1, limit=4))
    assert len(decoded) == 4
    assert first == greys(load(ask, images, seed=1, limit=4)) == sorted(first)
    assert any(greys(load(ask, images, seed=seed, limit=4)) != first for seed in range(2, 6))


def test_sub_folders_are_classes(ask, tmp_path):
    for name, grey in (("dog/b", 30), ("cat/z", 20), ("cat/deep/a", 10)):
        put(tmp_path / f"{name}.png", grey)
    data = load(ask, tmp_path)
    assert data.class_names == ("cat", "dog")
    assert list(zip(greys(data), data.labels.tolist(), strict=True)) == [(10, 0), (20, 0), (30, 1)]
    assert data.labels.dtype == np.int64


def test_labels_follow_the_limit_and_the_skipped(ask, tmp_path):
    for k in range(20):
        put(tmp_path / ("odd" if k % 2 else "even") / f"{k:02}.png", k)
    (tmp_path / "even" / "04.png").write_bytes(b"broken")
    data = load(ask, tmp_path)
    assert [grey % 2 for grey in greys(data)] == data.labels.tolist()
    part = load(ask, tmp_path, limit=7)
    assert [grey % 2 for grey in greys(part)] == part.labels.tolist()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["train/cat/1", "train/dog/1"], ("cat", "dog")),
        (["all/train/cat/1", "all/train/dog/1"], ("cat", "dog")),
        (["cat/1", "dog/1", "3"], ()),
        (["train/cat/1", "train/3"], ()),
        (["cat/1", "cat/2"], ()),
        (["1", "2"], ()),
        ([], ()),
    ],
)
def test_what_counts_as_classes(names, expected):
    labels, class_names = folder.classes(names)
    assert class_names == expected
    assert (labels is None) == (expected == ())


def test_an_exported_lsun_category_has_no_classes_and_two_have(ask, tmp_path):
    for k, key in enumerate(("a3f09c11", "03f09c22", "a1f09c33")):
        put(tmp_path / "bedroom_train" / "/".join(key[:6]) / f"{key}.webp", 10 * k)
    assert load(ask, tmp_path).class_names == ()
    put(tmp_path / "kitchen_train" / "a" / "b" / "ab.webp")
    assert load(ask, tmp_path).class_names == ("bedroom_train", "kitchen_train")


def test_a_celeba_folder_is_read_as_it_comes(ask, tmp_path):
    for k in range(3):
        put(tmp_path / "celeba" / "img_align_celeba" / f"{k + 1:06}.jpg", 20 * k, (178, 218))
    (tmp_path / "celeba" / "list_attr_celeba.txt").write_text("3\nSmiling\n000001.jpg 1\n")
    data = load(ask, tmp_path / "celeba", size=64, channels=3)
    assert data.array.shape == (3, 3, 64, 64)
    assert data.class_names == ()
    assert data.skipped == ()


def test_odd_files_are_skipped_and_listed(ask, tmp_path):
    good = put(tmp_path / "good.png")
    content = good.read_bytes()
    (tmp_path / "cut.png").write_bytes(content[:50])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.png").write_text("I am a text")
    (tmp_path / "notes.txt").write_text("not listed")
    (tmp_path / "._good.png").write_bytes(b"left behind by a file manager")
    put(tmp_path / ".hidden" / "a.png")
    Image.new("1", (10_000, 10_000)).save(tmp_path / "bomb.png")
    put(tmp_path / "pixel.png", size=(1, 1))
    put(tmp_path / "strip.png", size=(20_000, 2))
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "self.png").symlink_to(tmp_path / "self.png")
    os.mkfifo(tmp_path / "pipe.png")
    data = load(ask, tmp_path)
    assert len(data) == 1
    reasons = dict(data.skipped)
    assert list(reasons) == sorted(reasons)
    assert {name: reasons[name].split(" (")[0] for name in reasons} == {
        "bomb.png": "has too many pixels",
        "cut.png": "is damaged",
        "empty.jpg": "is empty",
        "gone.png": "is a link to something that does not exist",
        "pipe.png": "is not a regular file",
        "pixel.png": "is only 1 pixel wide",
        "self.png": "cannot be read",
        "strip.png": "is 20,000 pixels wide",
        "text.png": "is not an image in a known format",
    }


def test_links_to_folders_are_followed_once(ask, tmp_path):
    put(tmp_path / "root" / "a" / "1.png", 10)
    put(tmp_path / "elsewhere" / "2.png", 20)
    (tmp_path / "root" / "a" / "loop").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "c").symlink_to(tmp_path / "elsewhere")
    data = load(ask, tmp_path / "root")
    assert greys(data) == [10, 20]
    assert data.class_names == ("a", "b")
    assert data.skipped == (
        ("a/loop", "is the same folder as the chosen one"),
        ("c", "is the same folder as b"),
    )


def test_an_unreadable_sub_folder_is_listed(ask, tmp_path, monkeypatch):
    put(tmp_path / "good" / "1.png")
    put(tmp_path / "locked" / "2.png")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert load(ask, tmp_path).skipped == (("locked", "may not be read"),)


def test_without_any_usable_image_one_sentence_says_so(ask, tmp_path):
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(UserError, match=r"^There is no image in .* \(PNG, JPEG, WebP, BMP, GIF or TIFF\)\.$"):
        load(ask, tmp_path)
    (tmp_path / "a.png").write_text("text")
    with pytest.raises(UserError, match=r"^None of the 1 images in .* can be used; a\.png is not an image"):
        load(ask, tmp_path)


def test_a_missing_folder_and_another_kind_of_file(ask, tmp_path):
    with pytest.raises(UserError, match=r"^There is no folder or zip archive .*nowhere\.$"):
        load(ask, tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("text")
    with pytest.raises(UserError, match="is neither a folder nor a zip archive"):
        load(ask, tmp_path / "notes.txt")


def test_a_folder_that_may_not_be_read(ask, tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UserError, match="may not be read by you"):
        load(ask, tmp_path)


def test_a_folder_given_from_home(ask, images, monkeypatch):
    monkeypatch.setenv("HOME", str(images.parent))
    assert len(load(ask, f"~/{images.name}")) == 10


def test_progress_rises_to_the_total(ask, tmp_path):
    for k in range(150):
        put(tmp_path / f"{k}.png")
    seen = []
    load(ask, tmp_path, progress=lambda *what: seen.append(what))
    decoding = [(done, total) for what, done, total in seen if what == "Decoding images"]
    assert decoding == [(64, 150), (128, 150), (150, 150)]
    assert ("Looking for images", 150, 0) in seen


def test_cancelling_ends_the_decoding_and_its_threads(ask, tmp_path, monkeypatch):
    for k in range(640):
        put(tmp_path / f"{k}.png", size=(2, 2))
    decoded = []
    decode = folder.decode
    monkeypatch.setattr(
        folder, "decode", lambda *args, **options: decoded.append(1) or decode(*args, **options)
    )

    def cancel(what, done, total):
        if what == "Decoding images":
            raise Cancelled

    with pytest.raises(Cancelled):
        load(ask, tmp_path, progress=cancel)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]
    assert len(decoded) < 640


def test_a_fault_of_the_program_is_not_hidden(ask, images, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(folder, "decode", fail)
    with pytest.raises(ZeroDivisionError):
        load(ask, images)


def test_a_name_that_is_no_valid_text_can_be_shown(ask, images):
    (images / os.fsdecode(b"caf\xe9.png")).write_text("text")
    put(images / os.fsdecode(b"\xe9.png"))
    data = load(ask, images)
    assert len(data) == 11
    assert data.skipped == (("caf\\udce9.png", "is not an image in a known format"),)


@pytest.mark.parametrize("path", ["~nobody-of-this-name/images", "a\0b", "x" * 4000])
def test_a_path_that_cannot_be(ask, path):
    with pytest.raises(
        UserError, match=r"^(There is no folder|x+ cannot be read: File name too long|The path holds)"
    ):
        load(ask, path)


def test_framing_and_background_reach_the_pixels(ask, tmp_path):
    put(tmp_path / "wide.png", 100, (40, 10))
    assert (load(ask, tmp_path).array == 100).all()
    fitted = load(ask, tmp_path, framing="fit", background="#0a0a0a").array[0, 0]
    assert fitted[:, 0].tolist() == [10, 10, 10, 100, 100, 10, 10, 10]


def test_random_crops_are_kept_larger_and_seen_in_the_centre(ask, tmp_path):
    ramp = np.arange(72, dtype=np.uint8)[None].repeat(72, 0)
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    data = load(ask, tmp_path, size=64, framing="random-crop")
    assert data.wide.shape == (1, 1, 72, 72)
    assert data.sample_shape == (1, 64, 64)
    assert data.array[0, 0, 0].tolist() == list(range(4, 68))
