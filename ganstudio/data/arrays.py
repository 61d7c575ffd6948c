"""Data sets out of arrays: images from .npy, .npz and IDX files, points from these and from CSV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.array_files import Arrays, read_arrays, read_csv
from ganstudio.data.colour import rgb
from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.framing import framed, margin
from ganstudio.data.resizing import fitted
from ganstudio.data.selection import chosen, expanded
from ganstudio.errors import UserError

IMAGES = ("images", "x", "x_train", "data", "arr_0", "image")  # names by which an array is known
LABELS = ("labels", "y", "y_train", "label", "targets", "target", "arr_1")
POINTS = ("points", *IMAGES)
TABLES = {".csv", ".tsv", ".txt"}
CHUNK = 4096  # images that are converted at once
CLASSES = 10_000
COLOURS = (1, 3, 4)


def load_images(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Images (N, H, W), (N, H, W, C) or (N, C, H, W) as uint8 (N, channels, size, size), with labels (N,).

    Bytes are taken as they are, 16 bits are scaled to 8, floats may span 0 to 1, -1 to 1 or 0 to 255. C is 1,
    3 or 4, with transparency. Raises UserError.
    """
    path = expanded(request.path)
    arrays = read_arrays(path, progress)
    images = _named(arrays, IMAGES, path, lambda a: a.ndim in (3, 4), "images (N, H, W) or (N, H, W, C)")
    images = _channels_first(images, path)
    if not all(images.shape):
        raise UserError(f"{path} holds no images: its shape is {_shape(images)}.")
    scale, shift = _range(images, path)
    keep = chosen(len(images), request.limit, seed)
    side = request.size + 2 * margin(request)
    out = np.empty((len(keep), request.channels, side, side), np.uint8)
    for start in range(0, len(keep), CHUNK):
        progress("Preparing images", start, len(keep))
        part = images[keep[start : start + CHUNK]]
        if part.dtype != np.uint8:
            part = np.clip(np.rint(part.astype(np.float32) * scale + shift), 0, 255).astype(np.uint8)
        square = _squared(_opaque(part, rgb(request.background)), request)
        out[start : start + CHUNK] = fitted(square, side, request.channels, progress)
    labels, names = _labels(arrays, len(images), path)
    return framed("array", out, request, labels=None if labels is None else labels[keep], class_names=names)


def load_points(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Points (N, 2) as float32, with labels (N,) where the file has them.

    With ``request.rescale`` they are moved, and scaled alike in both directions, so that they just fit into
    [-1, 1] x [-1, 1]. Raises UserError.
    """
    path = expanded(request.path)
    if path.suffix.lower() in TABLES:
        if not path.is_file():
            raise UserError(f"There is no file {path}.")
        points, words = read_csv(path, progress)
        labels, names = _numbered(np.array(words), path) if words else (None, ())
    else:
        arrays = read_arrays(path, progress)
        wanted = _named(arrays, POINTS, path, lambda a: a.ndim == 2 and a.shape[1] == 2, "points (N, 2)")
        if wanted.dtype.kind not in "fiu":
            raise UserError(f"{path} holds no numbers.")
        points = wanted.astype(np.float64)
        labels, names = _labels(arrays, len(points), path)
    if len(points) < 2 or not np.isfinite(points).all():
        raise UserError(f"{path} holds {len(points)} points, not all finite; training takes at least 2.")
    keep = chosen(len(points), request.limit, seed)
    points = points[keep]
    if request.rescale:
        low, high = points.min(axis=0), points.max(axis=0)
        points = (points - (low + high) / 2) / (max((high - low).max(), 1e-300) / 2)
    if np.abs(points).max() > np.finfo(np.float32).max:
        raise UserError(f"{path} holds numbers that are too large.")
    progress("Reading points", len(points), len(points))
    labels = None if labels is None else labels[keep]
    return Dataset("points-file", points.astype(np.float32), labels=labels, class_names=names)


def _named(arrays: Arrays, names: tuple[str, ...], path: Path, fits: Any, what: str) -> NDArray[Any]:
    """The only array that fits, or of several the one with a known name."""
    fitting = {name: array for name, array in arrays.items() if fits(array)}
    for name in names:
        if name in fitting:
            return fitting[name]
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    held = ", ".join(f"{name} {_shape(array)}" for name, array in list(arrays.items())[:6]) or "nothing"
    raise UserError(f"{path} holds {held}; none of it can be taken as {what}.")


def _shape(array: NDArray[Any]) -> str:
    return " x ".join(map(str, array.shape)) or "one number"


def _channels_first(images: NDArray[Any], path: Path) -> NDArray[Any]:
    if images.dtype.kind not in "fiub":
        raise UserError(f"{path} holds no numbers.")
    if images.ndim == 3:
        return images[:, None]
    if images.shape[3] in COLOURS:
        return images.transpose(0, 3, 1, 2)
    if images.shape[1] in COLOURS:
        return images
    raise UserError(f"{path} has the shape {_shape(images)}; images have 1, 3 or 4 channels.")


def _range(images: NDArray[Any], path: Path) -> tuple[float, float]:
    """Factor and shift that bring the numbers to 0..255."""
    if images.dtype == np.uint8:
        return 1.0, 0.0
    if images.dtype == np.bool_:
        return 255.0, 0.0
    if images.dtype == np.uint16:
        return 1 / 257, 0.0
    low, high = np.inf, -np.inf
    for part in _parts(images):
        if not np.isfinite(part).all():
            raise UserError(f"{path} holds numbers that are not finite.")
        low, high = min(low, float(part.min())), max(high, float(part.max()))
    if images.dtype.kind == "f" and low >= 0 and high <= 1:
        return 255.0, 0.0
    if images.dtype.kind == "f" and low >= -1 and high <= 1:
        return 127.5, 127.5
    if low >= 0 and high <= 255:
        return 1.0, 0.0
    raise UserError(
        f"The numbers in {path} span {low:g} to {high:g}; images span 0 to 1, -1 to 1 or 0 to 255."
    )


def _parts(images: NDArray[Any]) -> Iterator[NDArray[Any]]:
    return (images[start : start + CHUNK] for start in range(0, len(images), CHUNK))


def _opaque(images: NDArray[np.uint8], background: tuple[int, int, int]) -> NDArray[np.uint8]:
    if images.shape[1] != 4:
        return images
    share = images[:, 3:].astype(np.float32) / 255
    behind = np.array(background, np.float32).reshape(1, 3, 1, 1)
    return np.rint(images[:, :3] * share + behind * (1 - share)).astype(np.uint8)


def _squared(images: NDArray[np.uint8], request: DataRequest) -> NDArray[np.uint8]:
    """Crop around the centre, or fill up with the background."""
    _, channels, height, width = images.shape
    if height == width:
        return images
    if request.framing != "fit":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return images[:, :, top : top + side, left : left + side]
    side = max(height, width)
    colour = np.array(rgb(request.background), np.float32)
    fill = colour if channels == 3 else colour @ np.array([[0.299], [0.587], [0.114]], np.float32)
    out = np.empty((len(images), channels, side, side), np.uint8)
    out[:] = np.rint(fill).astype(np.uint8).reshape(1, channels, 1, 1)
    top, left = (side - height) // 2, (side - width) // 2
    out[:, :, top : top + height, left : left + width] = images
    return out


def _labels(arrays: Arrays, count: int, path: Path) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    for name in LABELS:
        array = arrays.get(name)
        if array is not None and array.size == count and array.ndim in (1, 2):
            return _numbered(array.reshape(-1), path)
    return None, ()


def _numbered(words: NDArray[Any], path: Path) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Class numbers in the order of the classes' names; one class is none."""
    found, labels = np.unique(words, return_inverse=True)
    if len(found) > CLASSES:
        raise UserError(f"{path} has {len(found):,} different labels; classes are at most {CLASSES:,}.")
    if len(found) < 2:
        return None, ()
    return labels.reshape(-1).astype(np.int64), tuple(str(name) for name in found)
