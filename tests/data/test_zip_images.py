import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import folder, image_sources
from ganstudio.data.dataset import silent
from ganstudio.errors import UserError


def png(grey=128, size=(8, 8)):
    stream = io.BytesIO()
    Image.new("L", size, grey).save(stream, "PNG")
    return stream.getvalue()


def load(ask, path):
    return folder.load(ask(source="folder", path=str(path)), 0, silent)


def archive(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


def test_a_zip_is_read_like_the_folder(ask, tmp_path):
    members = [("train/dog/2.png", png(30)), ("train/cat/1.png", png(10)), ("train/notes.txt", b"x")]
    members += [("__MACOSX/train/cat/1.png", b"junk"), ("train/.DS_Store.png", b"junk"), ("train/cat/", b"")]
    path = archive(tmp_path / "a.zip", members)
    with zipfile.ZipFile(path) as packed:
        packed.extractall(tmp_path / "out")
    zipped, plain = load(ask, path), load(ask, tmp_path / "out")
    assert np.array_equal(zipped.array, plain.array)
    assert np.array_equal(zipped.labels, plain.labels)
    assert zipped.class_names == plain.class_names == ("cat", "dog")
    assert zipped.skipped == plain.skipped == ()


def test_nothing_is_written_to_disk(ask, tmp_path):
    path = archive(
        tmp_path / "a.zip", [("../../evil.png", png()), ("/abs/evil.png", png()), ("..\\b.png", png())]
    )
    before = sorted(tmp_path.parent.rglob("*.png"))
    assert len(load(ask, path)) == 3
    assert sorted(tmp_path.parent.rglob("*.png")) == before


def test_odd_members_are_skipped_and_listed(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(image_sources, "MEMBER_BYTES", 3 * 2**20)
    members = [
        ("bomb.png", b"\0" * (2 * 2**20)),
        ("empty.png", b""),
        ("good.png", png()),
        ("huge.png", b"\0" * (4 * 2**20)),
        ("text.png", b"text"),
    ]
    data = load(ask, archive(tmp_path / "a.zip", members, compression=zipfile.ZIP_DEFLATED))
    assert len(data) == 1
    assert data.skipped == (
        ("bomb.png", "unpacks to more than a thousand times its size"),
        ("empty.png", "is empty"),
        ("huge.png", "would unpack to 4 MiB"),
        ("text.png", "is not an image in a known format"),
    )


def test_a_member_that_lies_about_its_size_is_read_no_further(ask, tmp_path):
    bomb = png() + b"\0" * 2**20
    path = archive(
        tmp_path / "a.zip", [("bomb.png", bomb), ("good.png", png())], compression=zipfile.ZIP_DEFLATED
    )
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 100)
    path.write_bytes(content)
    data = load(ask, path)
    assert len(data) == 1
    ((name, reason),) = data.skipped
    assert name == "bomb.png"
    assert reason.startswith("is damaged in the archive (Bad CRC-32")


def test_a_member_with_changed_bytes_and_an_encrypted_one(ask, tmp_path):
    path = archive(tmp_path / "a.zip", [("a.png", png()), ("b.png", png()), ("c.png", png())])
    content = bytearray(path.read_bytes())
    content[content.index(b"IHDR") + 9] ^= 0xFF
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    content[second + 8] |= 1
    path.write_bytes(content)
    data = load(ask, path)
    assert len(data) == 1
    assert [name for name, _ in data.skipped] == ["a.png", "b.png"]
    assert data.skipped[0][1].startswith("is damaged in the archive")
    assert data.skipped[1][1] == "is encrypted"


def test_an_unknown_compression_is_listed(ask, tmp_path):
    path = archive(tmp_path / "a.zip", [("a.png", png()), ("b.png", png())])
    content = bytearray(path.read_bytes())
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 10, 97)
    path.write_bytes(content)
    assert load(ask, path).skipped == (("a.png", "is encrypted or packed in a way that is not known"),)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_a_name_that_is_there_twice_the_first_is_used(ask, tmp_path):
    data = load(ask, archive(tmp_path / "a.zip", [("a.png", png(10)), ("a.png", png(20))]))
    assert data.array[:, 0, 0, 0].tolist() == [10]
    assert data.skipped == (("a.png", "is in the archive twice; the first one is used"),)


def test_a_damaged_archive_is_one_sentence(ask, tmp_path):
    path = archive(tmp_path / "a.zip", [("a.png", png())])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02")] = 0
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"is not a readable zip archive: .*\.$"):
        load(ask, path)
    path.write_bytes(content[:20])
    with pytest.raises(UserError, match="is neither a folder nor a zip archive"):
        load(ask, path)


def test_an_archive_without_images(ask, tmp_path):
    with pytest.raises(UserError, match="There is no image in"):
        load(ask, archive(tmp_path / "a.zip", [("notes.txt", b"x")]))


def test_cifar10_as_a_zip_of_jpegs(ask, shared_data):
    path = shared_data / "cifar10-train.zip"
    if not path.is_file():
        pytest.skip(f"shared_data: there is no {path.name}")
    data = folder.load(ask(source="folder", path=str(path), size=32, channels=3, limit=2000), 0, silent)
    assert data.array.shape == (2000, 3, 32, 32)
    assert data.class_names[0] == "airplane"
    assert len(data.class_names) == 10
    assert data.skipped == ()
    # CIFAR-10's mean colour is known.
    assert data.array.mean(axis=(0, 2, 3)) == pytest.approx([125.3, 123.0, 113.9], abs=4)
