import functools
import gzip
import hashlib
import http.server
import io
import pickle  # noqa: TID251 - CIFAR-10's own format, made here as its authors make it
import struct
import tarfile
import threading
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

from ganstudio import paths, vision
from ganstudio.data import download, torchvision_sets
from ganstudio.data.dataset import silent
from ganstudio.errors import Cancelled, UserError

COUNT = 30
IMAGES = np.random.default_rng(0).integers(0, 256, (COUNT, 28, 28), dtype=np.uint8)
LABELS = (np.arange(COUNT) % 10).astype(np.uint8)
NAMES = [
    f"{part}-{kind}" for part in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
]


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def contents():
    return {name: idx(IMAGES if "images" in name else LABELS) for name in NAMES}


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def fashion(tmp_path):
    """A folder in torchvision's layout."""
    raw = tmp_path / "root" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in contents().items():
        (raw / name).write_bytes(content)
    return tmp_path / "root"


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A folder that a server on this machine gives out; its address is that of KMNIST and CIFAR-10."""
    site = tmp_path / "site"
    site.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("no_proxy", "*")
    address = f"http://127.0.0.1:{server.server_port}/"
    packed = {f"{name}.gz": gzip.compress(content) for name, content in contents().items()}
    for name, content in packed.items():
        (site / name).write_bytes(content)
    kmnist = vision.module("datasets").KMNIST
    monkeypatch.setattr(kmnist, "mirrors", [address])
    monkeypatch.setattr(kmnist, "resources", [(name, md5(content)) for name, content in packed.items()])
    monkeypatch.setattr(vision.module("datasets").CIFAR10, "url", f"{address}cifar.tar.gz")
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def load(ask, source, path, seed=0, progress=silent, **settings):
    settings = {"size": 28, **settings}
    return torchvision_sets.load(ask(source=source, path=str(path), **settings), seed, progress)


def entries(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_an_existing_folder_is_read(ask, fashion):
    data = load(ask, "fashion-mnist", fashion)
    assert np.array_equal(data.array[:, 0], IMAGES)
    assert np.array_equal(data.labels, LABELS)
    assert data.labels.dtype == np.int64
    assert data.class_names[9] == "Ankle boot"


@pytest.mark.parametrize("below", ["", "FashionMNIST", "FashionMNIST/raw"])
def test_root_and_the_folders_below_it_are_accepted(ask, fashion, below, monkeypatch):
    assert len(load(ask, "fashion-mnist", fashion / below)) == COUNT
    monkeypatch.chdir(fashion / below)
    assert len(load(ask, "fashion-mnist", ".")) == COUNT


def test_the_studios_own_folder_is_the_default(ask, fashion, monkeypatch):
    monkeypatch.setattr(torchvision_sets, "datasets_folder", lambda: fashion)
    assert len(load(ask, "fashion-mnist", "")) == COUNT


def test_one_set_is_never_taken_for_another(ask, fashion):
    for path in (fashion, fashion / "FashionMNIST", fashion / "FashionMNIST" / "raw"):
        with pytest.raises(UserError, match=r"^MNIST is not in"):
            load(ask, "mnist", path)


def test_size_channels_and_limit(ask, fashion):
    data = load(ask, "fashion-mnist", fashion, size=32, channels=3, limit=7)
    assert data.array.shape == (7, 3, 32, 32)
    assert np.array_equal(data.array[:, 0], data.array[:, 2])
    part = load(ask, "fashion-mnist", fashion, limit=7, seed=4)
    rows = {image.tobytes(): label for image, label in zip(IMAGES, LABELS, strict=True)}
    assert [rows[image.tobytes()] for image in part.array] == part.labels.tolist()


def test_without_files_the_sentence_names_the_folder_and_the_setting(ask, tmp_path):
    with pytest.raises(UserError) as caught:
        load(ask, "kmnist", tmp_path)
    assert str(caught.value) == (
        f"KMNIST is not in {tmp_path}: choose the folder that holds it (data.path), or allow its download "
        "(data.download)."
    )
    with pytest.raises(UserError, match=str(paths.datasets_folder())):
        load(ask, "kmnist", "")
    assert not paths.datasets_folder().exists()


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1000], lambda c: b"", lambda c: b"\xff" * 100, lambda c: c[:3]]
)
@pytest.mark.parametrize("name", NAMES[:2])
def test_damaged_files_are_one_sentence(ask, fashion, damage, name):
    path = fashion / "FashionMNIST" / "raw" / name
    path.write_bytes(damage(path.read_bytes())[:-5])
    with pytest.raises(UserError, match="are damaged or incomplete: delete them and allow the download"):
        load(ask, "fashion-mnist", fashion)


def test_a_download_lands_in_torchvisions_layout_once(ask, web, tmp_path):
    seen = []
    target = tmp_path / "new" / "folder"
    data = load(ask, "kmnist", target, download=True, progress=lambda *what: seen.append(what))
    assert np.array_equal(data.array[:, 0], IMAGES)
    assert entries(target) == ["KMNIST", "KMNIST/raw", *sorted(f"KMNIST/raw/{name}" for name in NAMES)]
    size = (web / "train-images-idx3-ubyte.gz").stat().st_size
    assert ("Downloading KMNIST, file 1 of 4", 0, size) in seen
    assert ("Downloading KMNIST, file 1 of 4", size, size) in seen
    for path in web.iterdir():
        path.unlink()
    assert len(load(ask, "kmnist", target, download=True)) == COUNT
    torchvision_reads_it = vision.module("datasets").KMNIST(root=str(target), train=True)
    assert len(torchvision_reads_it) == COUNT


def test_a_wrong_checksum_keeps_nothing(ask, web, tmp_path):
    (web / NAMES[1]).with_suffix(".gz").write_bytes(gzip.compress(b"something else"))
    with pytest.raises(
        UserError, match=r"train-labels-idx1-ubyte\.gz from 127\.0\.0\.1 is not the expected file"
    ):
        load(ask, "kmnist", tmp_path / "a" / "b", download=True)
    assert not (tmp_path / "a").exists()


def test_the_next_mirror_is_tried(ask, web, tmp_path, monkeypatch):
    kmnist = vision.module("datasets").KMNIST
    monkeypatch.setattr(kmnist, "mirrors", ["http://127.0.0.1:1/", *kmnist.mirrors])
    assert len(load(ask, "kmnist", tmp_path / "a", download=True)) == COUNT


def test_offline_and_missing_pages_are_one_sentence(ask, web, tmp_path, monkeypatch):
    (web / f"{NAMES[3]}.gz").unlink()
    with pytest.raises(
        UserError, match=r"127\.0\.0\.1 does not give t10k-labels-idx1-ubyte\.gz \(404\)\. Check the conn"
    ):
        load(ask, "kmnist", tmp_path / "a", download=True)
    monkeypatch.setattr(vision.module("datasets").KMNIST, "mirrors", ["http://127.0.0.1:1/"])
    with pytest.raises(UserError, match=r"127\.0\.0\.1 cannot be reached \(Connection refused\)\. Check"):
        load(ask, "kmnist", tmp_path / "a", download=True)
    assert not (tmp_path / "a").exists()


def test_cancelling_a_download_leaves_what_was_there(ask, web, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine.txt").write_text("mine")

    def cancel(what, done, total):
        if what.endswith("file 3 of 4") and done:
            raise Cancelled

    with pytest.raises(Cancelled):
        load(ask, "kmnist", tmp_path / "a", download=True, progress=cancel)
    assert entries(tmp_path / "a") == ["mine.txt"]


def test_a_full_disk_and_a_file_in_the_way(ask, web, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=r"KMNIST cannot be saved in .*file: .*\."):
        load(ask, "kmnist", tmp_path / "file", download=True)
    assert (tmp_path / "file").read_text() == "mine"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torchvision_sets, "shutil", SimpleNamespace(copyfileobj=full))
    with pytest.raises(UserError, match=r"KMNIST cannot be saved in .*: the disk is full\."):
        load(ask, "kmnist", tmp_path / "a", download=True)
    assert not (tmp_path / "a").exists()


def test_a_connection_that_breaks_off_is_no_complete_file(ask, web, tmp_path, monkeypatch):
    class Broken(io.BytesIO):
        headers = MappingProxyType({"Content-Length": "100"})

        def read(self, *_):
            raise TimeoutError("timed out")

    monkeypatch.setattr(download.urllib.request, "urlopen", lambda *_, **__: Broken())
    with pytest.raises(UserError, match=r"the connection to 127\.0\.0\.1 broke off \(no answer in time\)"):
        load(ask, "kmnist", tmp_path / "a", download=True)
    assert not (tmp_path / "a").exists()


@pytest.fixture
def cifar(web, monkeypatch):
    """CIFAR-10 with five batches of four images, as an archive on the server."""
    cifar10 = vision.module("datasets").CIFAR10
    pixels = np.random.default_rng(1).integers(0, 256, (5, 4, 3 * 32 * 32), dtype=np.uint8)
    files = {
        f"data_batch_{k + 1}": pickle.dumps({"data": pixels[k], "labels": [k, 1, 2, 3]}) for k in range(5)
    }
    files["test_batch"] = pickle.dumps({"data": pixels[0], "labels": [0, 1, 2, 3]})
    files["batches.meta"] = pickle.dumps({"label_names": [f"class {k}" for k in range(10)]})
    with tarfile.open(web / "cifar.tar.gz", "w:gz") as packed:
        for name, content in {**files, "../evil": b"evil"}.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    sums = {name: md5(content) for name, content in files.items()}
    monkeypatch.setattr(cifar10, "tgz_md5", md5((web / "cifar.tar.gz").read_bytes()))
    monkeypatch.setattr(
        cifar10, "train_list", [[f"data_batch_{k}", sums[f"data_batch_{k}"]] for k in range(1, 6)]
    )
    monkeypatch.setattr(cifar10, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(cifar10, "meta", {**cifar10.meta, "md5": sums["batches.meta"]})
    return pixels


def test_cifar10_is_downloaded_and_read(ask, cifar, tmp_path):
    data = load(ask, "cifar10", tmp_path / "a", size=32, channels=3, download=True)
    assert np.array_equal(data.array, cifar.reshape(20, 3, 32, 32))
    assert data.labels.tolist()[::4] == [0, 1, 2, 3, 4]
    assert data.class_names[9] == "class 9"
    assert "evil" not in "".join(entries(tmp_path / "a"))
    assert len(load(ask, "cifar10", tmp_path / "a" / "cifar-10-batches-py", size=32)) == 20


def test_changed_cifar10_files_are_never_unpickled(ask, cifar, tmp_path):
    load(ask, "cifar10", tmp_path / "a", download=True)

    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    (tmp_path / "a" / "cifar-10-batches-py" / "data_batch_2").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UserError, match="are damaged or incomplete"):
        load(ask, "cifar10", tmp_path / "a")
    assert not (tmp_path / "ran").exists()


def test_the_real_mnist(ask, shared_data):
    if not (shared_data / "MNIST").is_dir():
        pytest.skip("shared_data: there is no MNIST")
    data = load(ask, "mnist", shared_data)
    assert data.array.shape == (60_000, 1, 28, 28)
    assert data.array.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
    assert np.bincount(data.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


@pytest.mark.parametrize("path", ["~nobody-of-this-name/data", "a\0b", "x" * 4000])
def test_a_path_that_cannot_be(ask, path):
    with pytest.raises(
        UserError, match=r"^(MNIST is not in|x+ cannot be read: File name too long|The path holds)"
    ):
        load(ask, "mnist", path)
