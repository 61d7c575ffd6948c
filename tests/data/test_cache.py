import json
import os

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.data import cache, folder, held_out, memory
from ganstudio.data.dataset import silent
from ganstudio.data.loader import BatchLoader
from ganstudio.errors import Cancelled, UserError
from ganstudio.paths import decoded_folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def images(tmp_path):
    """Twelve images in two classes, one of them damaged; image k is k times 20."""
    for k in range(12):
        path = tmp_path / "images" / "ab"[k % 2] / f"{k:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (10, 10), 20 * k).save(path)
    (tmp_path / "images" / "a" / "04.png").write_bytes(b"no picture")
    return tmp_path / "images"


@pytest.fixture
def decoded(monkeypatch):
    """How many images were decoded."""
    count = []
    decode = folder.decode
    monkeypatch.setattr(folder, "decode", lambda *a, **k: count.append(1) or decode(*a, **k))
    return count


def load(ask, path, seed=0, progress=silent, **settings):
    return folder.load(ask(source="folder", path=str(path), **settings), seed, progress)


def same(one, other):
    assert np.array_equal(one.array, other.array)
    assert np.array_equal(one.labels, other.labels)
    assert (one.class_names, one.skipped) == (other.class_names, other.skipped)
    return True


def test_the_second_start_decodes_nothing(ask, images, decoded):
    first = load(ask, images)
    assert len(decoded) == 12
    assert same(load(ask, images), first)
    assert len(decoded) == 12
    assert first.array[:, 0, 0, 0].tolist() == [0, 40, 120, 160, 200, 20, 60, 100, 140, 180, 220]
    assert first.labels.tolist() == [0] * 5 + [1] * 6
    assert first.skipped == (("a/04.png", "is not an image in a known format"),)


@pytest.mark.parametrize(
    "other",
    [
        {"size": 9},
        {"channels": 3},
        {"framing": "fit"},
        {"framing": "random-crop"},
        {"background": "black"},
        {"limit": 5},
    ],
)
def test_other_settings_are_other_pixels(ask, images, decoded, other):
    load(ask, images)
    before = len(decoded)
    load(ask, images, **other)
    assert len(decoded) > before


def test_what_decides_no_pixel_needs_no_decoding(ask, images, decoded):
    load(ask, images)
    load(ask, images, seed=9, mirror=True, held_out=0.2, storage="disk")
    assert len(decoded) == 12


def test_a_changed_file_is_decoded_again(ask, images, decoded):
    load(ask, images)
    path = images / "a" / "00.png"
    before = path.stat()
    Image.new("L", (10, 10), 99).save(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert load(ask, images).array[0].max() == 99


def test_a_zip_is_known_by_its_content_wherever_it_lies(ask, images, tmp_path, decoded):
    import shutil

    path = shutil.make_archive(str(tmp_path / "one"), "zip", images)
    first = load(ask, path)
    (tmp_path / "two").mkdir()
    moved = shutil.copy(path, tmp_path / "two" / "other.zip")
    assert same(load(ask, moved), first)
    assert len(decoded) == 12


@pytest.mark.parametrize("harm", ["flip", "cut", "about", "no images", "version"])
@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_a_damaged_entry_is_never_used(ask, images, decoded, harm, storage):
    first = load(ask, images)
    (entry,) = cache.entries()
    pixels, about = entry.folder / "images.bin", entry.folder / "about.json"
    content = pixels.read_bytes()
    if harm == "flip":
        pixels.write_bytes(content[:5] + bytes([content[5] ^ 1]) + content[6:])
    elif harm == "cut":
        pixels.write_bytes(content[:-1])
    elif harm == "about":
        about.write_text("{")
    elif harm == "version":
        about.write_text(json.dumps({**json.loads(about.read_text()), "version": 0}))
    else:
        pixels.unlink()
    assert same(load(ask, images, storage=storage), first)
    assert len(decoded) == 24


def test_the_bound_removes_what_was_not_used_for_longest(ask, images, monkeypatch):
    sizes = (8, 9, 10)
    for age, size in zip((300, 100, 200), sizes, strict=True):
        load(ask, images, size=size)
        os.utime(cache.entries()[0].folder / "about.json", (1e9 - age, 1e9 - age))
    assert [e.shape[2] for e in cache.entries()] == [9, 10, 8]
    monkeypatch.setenv("GANSTUDIO_CACHE_GIB", str((11 * (9**2 + 10**2)) / 2**30))
    freed = cache.trim()
    assert [e.shape[2] for e in cache.entries()] == [9, 10]
    assert freed == 11 * 8 * 8


def test_what_does_not_fit_the_bound_is_only_kept_in_memory(ask, images, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE_GIB", "0")
    assert len(load(ask, images)) == 11
    assert cache.entries() == []


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_a_full_disk(ask, images, monkeypatch, storage):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    if storage == "memory":
        assert len(load(ask, images, storage=storage)) == 11
    else:
        with pytest.raises(
            UserError, match=r"12 images of this size need .* GiB on the disk of .*No space left"
        ):
            load(ask, images, storage=storage)
    assert list(decoded_folder().iterdir()) == []


def test_cancelling_leaves_nothing(ask, images):
    def cancel(what, *_):
        if what == "Decoding images":
            raise Cancelled

    with pytest.raises(Cancelled):
        load(ask, images, progress=cancel)
    assert list(decoded_folder().iterdir()) == []


@pytest.mark.parametrize("framing", ["centre", "random-crop"])
def test_from_the_disk_training_sees_the_same_batches(ask, images, framing):
    batches = []
    for storage in ("memory", "disk"):
        request = ask(
            source="folder", path=str(images), storage=storage, framing=framing, mirror=True, held_out=0.25
        )
        training, held = held_out.load(request, 3, silent)
        assert training.is_mapped == held.is_mapped == (storage == "disk")
        assert (len(training), len(held)) == (8, 3)
        assert len(training.labels) == 8
        loaders = [BatchLoader(part, 3, 1, torch.device("cpu"), labelled=True) for part in (training, held)]
        drawn = [batch for loader in loaders for batch in (loader.next_batch(), loader.next_batch())]
        again = loaders[0].draw_of(torch.tensor([0, 1, 1]), torch.Generator().manual_seed(0))
        batches.append([tensor for batch in drawn for tensor in batch] + [again])
        batches[-1] += [torch.from_numpy(np.array(part.part(0, 3))) for part in (training, held)]
    assert all(torch.equal(a, b) for a, b in zip(*batches, strict=True))


def test_large_data_go_to_the_disk_by_themselves(ask, images, monkeypatch):
    assert not load(ask, images).is_mapped
    monkeypatch.setattr(folder, "available", lambda: 12 * 64 * 2 - 1)
    assert load(ask, images).is_mapped


def test_changing_mapped_images_never_reaches_the_file(ask, images):
    data = load(ask, images, storage="disk")
    data.array[0] = 77
    assert load(ask, images, storage="disk").array[0].max() == 0


def test_there_is_some_memory():
    assert memory.available() > 2**20
