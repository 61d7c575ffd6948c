"""Files that a crash leaves old or new but never half, and that are a sentence when broken."""

from __future__ import annotations

import errno
import json
import math
import os
import shutil
import stat
import uuid
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ganstudio.errors import UserError
from ganstudio.session.tensors import stream

JSON_LIMIT = 64 * 2**20  # bytes; no file of ours comes near, a hostile one might
SMALL_LIMIT = 2**28  # bytes of a file of samples
STATE_LIMIT = 2**35  # bytes of a file of a checkpoint
DIGITS = 18  # of a whole number: more fit neither SQLite nor numpy
PART = ".part-"  # begins the name of everything that is not complete yet

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission was denied",
    errno.EPERM: "permission was denied",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "it does not exist",
    errno.ENOTDIR: "it does not exist",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "it is a symbolic link, and a session holds files of its own only",
}


def reason(error: OSError) -> str:
    """Why the operating system refused, as the end of a sentence without its full stop."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        return str(error.args[0][0][-1])  # of the many files of a folder, the first that failed
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


def gone(session: Path) -> str:
    """What to say of a session whose folder is no longer there."""
    return f"The session {session} was moved or deleted while it was being written."


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes the place of ``path`` once the block has ended well."""
    part = path.with_name(f"{PART}{uuid.uuid4().hex[:8]}-{path.name}")
    try:
        yield part
        sync(part)
        part.replace(path)
        sync(path.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a whole folder; it may be gone already."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file all at once. Raises OSError."""
    with replacing(path) as part:
        part.write_bytes(content)


def write_json(path: Path, value: Any) -> None:
    """Write plain data as JSON for people to read. Raises OSError."""
    write_bytes(path, (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode())


def read_plain(path: Path, limit: int) -> bytes:
    """The content of a plain file of at most ``limit`` bytes; waits for no pipe and follows no link.

    Raises UserError with one sentence.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UserError(f"{path} is damaged: it is not a plain file.")
            if status.st_size > limit:
                raise UserError(f"{path} is damaged: it is far too large.")
            return file.read(status.st_size)
    except OSError as error:
        raise UserError(f"{path} could not be read: {reason(error)}.") from None


def read_json(path: Path, limit: int = JSON_LIMIT) -> dict[str, Any]:
    """Read a JSON object without NaN, infinite or enormous numbers. Raises UserError with one sentence."""
    content = read_plain(path, limit)
    try:
        value = json.loads(content.decode(), parse_int=_whole, parse_float=_finite, parse_constant=_refuse)
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()  # half a character cannot be shown
    except (ValueError, RecursionError):
        raise UserError(f"{path} is damaged: it is not valid JSON.") from None
    if not isinstance(value, dict):
        raise UserError(f"{path} is damaged: it does not hold what it should.")
    return value


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        _refuse(digits)
    return int(digits)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        _refuse(text)
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Named arrays as safetensors."""
    from safetensors.numpy import save

    return save({name: np.require(array, requirements="C") for name, array in arrays.items()})


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    """Named arrays from safetensors, which may be written to. Raises ValueError where it is none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(content)
    except (SafetensorError, KeyError, ValueError, TypeError, OverflowError):
        raise ValueError("not a valid safetensors file") from None
    return {name: array if array.flags.writeable else array.copy() for name, array in tensors.items()}


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """Write named arrays as safetensors; returns the file's size in bytes and its CRC-32. Raises OSError."""
    with replacing(path) as part, part.open("wb", buffering=0) as file:
        return stream(tensors, file)


def read_tensors(path: Path, expected: Mapping[str, int] | None = None) -> dict[str, NDArray[Any]]:
    """Read named arrays, which may be written to; ``expected`` is what ``write_tensors`` returned.

    Raises UserError with one sentence.
    """
    content = read_plain(path, SMALL_LIMIT if expected is None else STATE_LIMIT)
    if expected is not None and dict(expected) != {"bytes": len(content), "crc32": zlib.crc32(content)}:
        raise UserError(f"{path} is damaged: its content is not what was written.")
    try:
        return unpack(content)
    except ValueError as error:
        raise UserError(f"{path} is damaged: it is {error}.") from None
