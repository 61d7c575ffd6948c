"""TensorBoard's event files, written without the 60 MB of packages that it brings.

An event file is a chain of records. Each is a protobuf message ``Event`` of the TensorFlow project, framed by
its length and two checksums:

uint64 length | uint32 masked CRC-32C of the length | message | uint32 masked CRC-32C of the message

A protobuf message is a chain of fields, each with a key (number << 3 | wire type) and a value: wire type 0 is
a varint, 1 a float64, 2 a length and bytes, 5 a float32. The numbers below are those of event.proto and
summary.proto, which have not changed since 2015.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

VERSION = b"brain.Event:2"
GREY, RGB = 1, 3  # colour spaces of a picture
BINS = 30


class EventFile:
    """A file to add records to. Its methods raise OSError."""

    def __init__(self, path: Path, wall_time: float) -> None:
        self._file = path.open("wb")
        self._write(_float64(1, wall_time) + _bytes(3, VERSION))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, step: int, wall_time: float, values: list[bytes]) -> None:
        """Add what was seen at a step, at a time in seconds since 1970."""
        summary = b"".join(_bytes(1, value) for value in values)
        self._write(_float64(1, wall_time) + _varint(2, step) + _bytes(5, summary))

    def _write(self, message: bytes) -> None:
        length = struct.pack("<Q", len(message))
        self._file.write(length + _checksum(length) + message + _checksum(message))


def scalars(values: Mapping[str, float]) -> list[bytes]:
    """Numbers by tag; those that are not finite are left out."""
    return [_tagged(tag, _float32(2, value)) for tag, value in values.items() if np.isfinite(value)]


def picture(tag: str, png: bytes, width: int, height: int, *, grey: bool) -> bytes:
    """A PNG file."""
    colours = GREY if grey else RGB
    return _tagged(
        tag, _bytes(4, _varint(1, height) + _varint(2, width) + _varint(3, colours) + _bytes(4, png))
    )


def histogram(tag: str, values: ArrayLike) -> bytes:
    """A histogram of finite numbers (N,), N > 0."""
    found = np.asarray(values, np.float64)
    counts, edges = np.histogram(found, BINS)
    fields = (found.min(), found.max(), len(found), found.sum(), np.square(found).sum())
    message = b"".join(_float64(number, float(value)) for number, value in enumerate(fields, 1))
    # Counts belong to the bucket below each limit; the first limit closes an empty bucket at the left.
    message += _bytes(6, edges.astype("<f8").tobytes())
    message += _bytes(7, np.concatenate(([0.0], counts)).astype("<f8").tobytes())
    return _tagged(tag, _bytes(5, message))


def _tagged(tag: str, value: bytes) -> bytes:
    return _bytes(1, tag.encode()) + value


def _varint(number: int, value: int) -> bytes:
    return _raw(number << 3) + _raw(value)


def _float64(number: int, value: float) -> bytes:
    return _raw(number << 3 | 1) + struct.pack("<d", value)


def _float32(number: int, value: float) -> bytes:
    return _raw(number << 3 | 5) + struct.pack("<f", np.float32(value))


def _bytes(number: int, value: bytes) -> bytes:
    return _raw(number << 3 | 2) + _raw(len(value)) + value


def _raw(value: int) -> bytes:
    """A number of 0 or more, seven bits a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _table() -> tuple[int, ...]:
    """CRC-32C (Castagnoli), reflected polynomial 0x82F63B78, of every byte."""
    found = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)  # noqa: PLW2901 - eight divisions of one byte
        found.append(crc)
    return tuple(found)


_CRC = _table()


def crc32c(data: bytes) -> int:
    """The checksum of RFC 3720, appendix B.4."""
    crc, table = 0xFFFFFFFF, _CRC
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _checksum(data: bytes) -> bytes:
    """The checksum as TensorFlow masks it: rotated by 15 bits, plus a constant."""
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
