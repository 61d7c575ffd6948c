"""Decoded images kept on disk, so that the second start decodes nothing and large data need no memory.

An entry is a folder named by a key of everything that decides its pixels: ``images.bin`` (uint8, NCHW) and
``about.json`` with its shape, what could not be used, and checksums. It appears whole or not at all. All of
it can be made anew; what was not used for longest goes when the bound is reached.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import Progress
from ganstudio.paths import decoded_folder

VERSION = 1  # changes when the same files would be decoded to other pixels
BLOCK = 16 * 2**20  # bytes that share a checksum
LOOKED_AT = 16  # blocks of mapped images that are checked; all of them would be read from the disk
BOUND_GIB = 20.0  # the environment's GANSTUDIO_CACHE_GIB sets another bound

Images = NDArray[np.uint8]
Skipped = list[tuple[str, str]]


@dataclass(frozen=True)
class Entry:
    """What the cache holds of one data set; ``used`` is when it was last opened (seconds since 1970)."""

    folder: Path
    source: str
    shape: tuple[int, ...]
    size: int
    used: float


def key_of(parts: Iterable[str]) -> str:
    """The key of whatever decides the pixels, in words."""
    digest = blake2b(f"decoded {VERSION}".encode(), digest_size=16)
    for part in parts:
        digest.update(b"\0" + part.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def find(key: str, progress: Progress, *, mapped: bool) -> tuple[Images, Skipped] | None:
    """The images (N, C, H, W) of an entry, in memory or mapped from the disk, and what is not among them.

    None where there is no such entry; one that is damaged is removed.
    """
    folder = decoded_folder() / key
    if not folder.is_dir():
        return None
    try:
        about = json.loads((folder / "about.json").read_text(encoding="ascii"))
        images = _opened(folder / "images.bin", about, progress, mapped=mapped)
        skipped = [(str(name), str(reason)) for name, reason in about["skipped"]]
    except (OSError, ValueError, LookupError, TypeError):
        shutil.rmtree(folder, ignore_errors=True)
        return None
    with suppress(OSError):  # a cache that may only be read
        os.utime(folder / "about.json")
    return images, skipped


class Writing:
    """An entry in the making: fill ``images``, then ``finish``; or ``discard``."""

    def __init__(self, key: str, shape: tuple[int, ...], source: str) -> None:
        """Reserve the room on the disk. Raises OSError where there is none."""
        root = decoded_folder()
        root.mkdir(parents=True, exist_ok=True)
        self._folder, self._source = root / key, source
        self._part = Path(tempfile.mkdtemp(prefix=".part-", dir=root))
        path = self._part / "images.bin"
        size = int(np.prod(shape))
        try:
            with path.open("wb") as file:
                # Writing to a mapped file for which the disk has no room ends the process.
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, max(1, size))
                file.truncate(max(1, size))
            self.images: Images = np.memmap(path, np.uint8, "r+", shape=shape)
        except BaseException:
            self.discard()
            raise

    def finish(self, good: NDArray[np.bool_], skipped: Skipped) -> None:
        """Keep the images that are ``good``, in their order. Raises OSError."""
        try:
            chosen = np.flatnonzero(good)
            for to, source in enumerate(chosen.tolist()):
                if to != source:
                    self.images[to] = self.images[source]
            shape = (len(chosen), *self.images.shape[1:])
            kept: Any = self.images
            kept.flush()
            del kept, self.images
            path = self._part / "images.bin"
            os.truncate(path, int(np.prod(shape)))
            about = {
                "version": VERSION,
                "source": self._source,
                "shape": shape,
                "skipped": skipped,
                "checksums": [_sum(block) for block in _blocks(np.memmap(path, np.uint8, "r"))],
            }
            (self._part / "about.json").write_text(json.dumps(about), encoding="ascii")
            with suppress(OSError):  # another process was faster
                self._part.replace(self._folder)
        finally:
            self.discard()
        trim(keep=self._folder)

    def discard(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._part, ignore_errors=True)


def entries() -> list[Entry]:
    """Everything in the cache, the last used first."""
    found = []
    for path in decoded_folder().glob("*/about.json"):
        try:
            about = json.loads(path.read_text(encoding="ascii"))
            size = (path.parent / "images.bin").stat().st_size
            found.append(
                Entry(path.parent, str(about["source"]), tuple(about["shape"]), size, path.stat().st_mtime)
            )
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return sorted(found, key=lambda entry: -entry.used)


def bound() -> int:
    """How many bytes the cache may hold."""
    try:
        gib = float(os.environ.get("GANSTUDIO_CACHE_GIB", BOUND_GIB))
    except ValueError:
        gib = BOUND_GIB
    return int(max(0.0, gib) * 2**30)


def trim(keep: Path | None = None, most: int | None = None) -> int:
    """Remove what was not used for longest until the bound holds; returns the bytes that were freed.

    ``keep`` stays whatever it weighs. Left-overs of processes that died go too.
    """
    most = bound() if most is None else most
    held = freed = 0
    for entry in entries():
        held += entry.size
        if held > most and entry.folder != keep:
            shutil.rmtree(entry.folder, ignore_errors=True)
            held -= entry.size
            freed += entry.size
    for left in decoded_folder().glob(".part-*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > 24 * 3600:
                shutil.rmtree(left, ignore_errors=True)
    return freed


def _opened(path: Path, about: dict[str, Any], progress: Progress, *, mapped: bool) -> Images:
    shape = tuple(int(n) for n in about["shape"])
    size = int(np.prod(shape))
    checksums = about["checksums"]
    if path.stat().st_size != size or len(checksums) != -(-size // BLOCK) or about["version"] != VERSION:
        raise ValueError("it is not as it was written")
    # Copy-on-write: torch wants writeable memory, and nothing ever reaches the file.
    images: Images = np.memmap(path, np.uint8, "c", shape=shape) if mapped else np.empty(shape, np.uint8)
    flat = images.reshape(-1)
    blocks = _blocks(flat)
    looked_at = range(0, len(blocks), max(1, len(blocks) // LOOKED_AT)) if mapped else range(len(blocks))
    with path.open("rb") as file:
        for number in looked_at:
            progress("Reading decoded images", number, len(blocks))
            if not mapped and file.readinto(blocks[number].data) != len(blocks[number]):
                raise ValueError("it is cut")
            if _sum(blocks[number]) != checksums[number]:
                raise ValueError("it has changed")
    return images


def _blocks(flat: Images) -> list[Images]:
    return [flat[start : start + BLOCK] for start in range(0, len(flat), BLOCK)]


def _sum(block: Images) -> str:
    return blake2b(np.ascontiguousarray(block).data, digest_size=16).hexdigest()
