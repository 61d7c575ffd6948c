"""MNIST, Fashion-MNIST, KMNIST and CIFAR-10 through torchvision, from a folder or downloaded on request."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio import vision
from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.download import RemoteFile, fetch, staging
from ganstudio.data.resizing import fitted
from ganstudio.data.selection import chosen, expanded
from ganstudio.errors import UserError
from ganstudio.paths import datasets_folder

# Images NCHW, labels and class names.
Decoded = tuple[NDArray[np.uint8], NDArray[np.int64], tuple[str, ...]]

# The files that must be there; the archives hold more.
MNIST_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
CIFAR10_FILES = (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch", "batches.meta")


@dataclass(frozen=True)
class _Kind:
    """One set: its title, torchvision's class, and how its files lie, are fetched and are read.

    ``layout`` is the folder below torchvision's root, ``needed`` the files in it that hold the training
    split.
    """

    title: str
    class_name: str
    layout: tuple[str, ...]
    needed: tuple[str, ...]
    read: Callable[[Any, Path], Decoded]
    fetch: Callable[[Any, Path, str, Progress], None]


def load(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Return the training split as uint8 (N, channels, size, size) with labels and class names.

    The files are looked for in ``request.path``, which may be torchvision's root or a folder of the set below
    it, or else in the studio's own folder. Where they are not there and ``request.download`` is on, they are
    fetched into it, whole or not at all. ``request.limit`` draws that many images with ``seed``.

    Raises UserError where the data are neither there nor can be had, or are damaged, and what ``progress``
    raises.
    """
    images, labels, class_names = read(request.source, request, progress)
    keep = chosen(len(images), request.limit, seed)
    array = fitted(images[keep], request.size, request.channels, progress)
    return Dataset(request.source, array, labels[keep], class_names)


def read(source: str, request: DataRequest, progress: Progress) -> Decoded:
    """As ``load``, every image as it is in the files of ``source``."""
    kind = KINDS[source]
    wanted = expanded(request.path) if request.path.strip() else datasets_folder()
    progress(f"Reading {kind.title}", 0, 0)
    try:
        root = _root(kind, wanted)
    except OSError as error:
        raise UserError(f"{wanted} cannot be read: {error.strerror or error}.") from None
    if root is None and not request.download:
        raise UserError(
            f"{kind.title} is not in {wanted}: choose the folder that holds it (data.path), or allow its "
            "download (data.download)."
        )
    torchvision_class = getattr(vision.module("datasets"), kind.class_name)
    if root is None:
        _download(kind, torchvision_class, wanted, progress)
        root = wanted
    return _read(kind, torchvision_class, root)


def _root(kind: _Kind, path: Path) -> Path | None:
    """Return torchvision's root where ``path`` is it or a folder of the set below it; None without files."""
    path = path.absolute()
    for depth in range(len(kind.layout) + 1):
        below = kind.layout[:depth]
        if depth and path.parts[-depth:] != below:
            continue
        root = path.parents[depth - 1] if depth else path
        if all(root.joinpath(*kind.layout, name).is_file() for name in kind.needed):
            return root
    return None


def _read(kind: _Kind, torchvision_class: Any, root: Path) -> Decoded:
    folder = root.joinpath(*kind.layout)
    try:
        images, labels, class_names = kind.read(torchvision_class, root)
        if len(images) != len(labels) or not len(images):
            raise ValueError(f"{len(images)} images, {len(labels)} labels")
    except PermissionError:
        raise UserError(f"The files of {kind.title} in {folder} may not be read by you.") from None
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, IndexError, AssertionError) as error:
        raise UserError(
            f"The files of {kind.title} in {folder} are damaged or incomplete: delete them and allow the "
            "download (data.download)."
        ) from error
    return images, labels, class_names


def _download(kind: _Kind, torchvision_class: Any, root: Path, progress: Progress) -> None:
    with staging(root, kind.title) as temporary:
        kind.fetch(torchvision_class, temporary, kind.title, progress)
        target = root.joinpath(*kind.layout)
        target.mkdir(parents=True, exist_ok=True)
        # The files that tell whether the set is there come last.
        for path in sorted(temporary.joinpath(*kind.layout).iterdir(), key=lambda p: p.name in kind.needed):
            path.replace(target / path.name)


def _read_mnist(torchvision_class: Any, root: Path) -> Decoded:
    reader = vision.module("datasets.mnist")
    images, labels = (root / torchvision_class.__name__ / "raw" / name for name in MNIST_FILES)
    pixels = reader.read_image_file(str(images)).numpy()
    return pixels[:, None], reader.read_label_file(str(labels)).numpy(), tuple(torchvision_class.classes)


def _fetch_mnist(torchvision_class: Any, folder: Path, title: str, progress: Progress) -> None:
    files = [
        RemoteFile(name, tuple(mirror + name for mirror in torchvision_class.mirrors), md5)
        for name, md5 in torchvision_class.resources
    ]
    raw = folder / torchvision_class.__name__ / "raw"
    raw.mkdir(parents=True)
    fetch(files, folder, title, progress)
    for file in files:
        with gzip.open(folder / file.name) as packed, (raw / Path(file.name).stem).open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)


def _read_cifar10(torchvision_class: Any, root: Path) -> Decoded:
    decoded = torchvision_class(root=str(root), train=True, download=False)
    labels = np.asarray(decoded.targets, dtype=np.int64)
    return decoded.data.transpose(0, 3, 1, 2), labels, tuple(decoded.classes)


def _fetch_cifar10(torchvision_class: Any, folder: Path, title: str, progress: Progress) -> None:
    archive = RemoteFile(torchvision_class.filename, (torchvision_class.url,), torchvision_class.tgz_md5)
    fetch([archive], folder, title, progress)
    base = torchvision_class.base_folder
    listed = [*torchvision_class.train_list, *torchvision_class.test_list]
    (folder / base).mkdir()
    with tarfile.open(folder / archive.name) as packed:
        for name in (*(name for name, _ in listed), torchvision_class.meta["filename"]):
            member = packed.extractfile(f"{base}/{name}")
            if member is None:
                raise UserError(f"The archive of {title} does not hold {name}.")
            with member, (folder / base / name).open("wb") as unpacked:
                shutil.copyfileobj(member, unpacked)


def _mnist_like(title: str, class_name: str) -> _Kind:
    return _Kind(title, class_name, (class_name, "raw"), MNIST_FILES, _read_mnist, _fetch_mnist)


KINDS = {
    "mnist": _mnist_like("MNIST", "MNIST"),
    "fashion-mnist": _mnist_like("Fashion-MNIST", "FashionMNIST"),
    "kmnist": _mnist_like("KMNIST", "KMNIST"),
    "cifar10": _Kind(
        "CIFAR-10", "CIFAR10", ("cifar-10-batches-py",), CIFAR10_FILES, _read_cifar10, _fetch_cifar10
    ),
}
