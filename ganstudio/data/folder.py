"""Any folder or zip archive of images, decoded once into one array by all processor cores."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.data.colour import rgb
from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.framing import framed, margin
from ganstudio.data.image_sources import ImageSource, open_source
from ganstudio.data.images import Unusable, decode
from ganstudio.data.selection import chosen, expanded
from ganstudio.errors import UserError
from ganstudio.threads import default_threads

CHUNK = 64  # images that a thread decodes before it reports
KINDS = "PNG, JPEG, WebP, BMP, GIF or TIFF"

Skipped = list[tuple[str, str]]


def load(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Decode the images of ``request.path`` into uint8 (N, channels, size, size), ordered by name.

    Hidden files and files with other endings are passed over; images that cannot be used are listed in
    ``skipped``. ``request.limit`` draws that many files with ``seed`` before any is decoded. Where every
    image lies in one of two or more sub-folders (below folders that all share), these are the classes.

    Raises UserError where there is no such folder or no usable image, and what ``progress`` raises.
    """
    path = expanded(request.path)
    with open_source(path, progress) as source:
        names = source.listing.names
        skipped = list(source.listing.skipped)
        labels, class_names = classes(names)
        keep = chosen(len(names), request.limit, seed)
        array, good, unusable = _decode_all(source, [names[i] for i in keep], request, progress)
    # Names that are no valid text would break wherever they are shown or saved.
    skipped = sorted(
        (name.encode("utf-8", "backslashreplace").decode(), why) for name, why in skipped + unusable
    )
    if not len(array):
        raise UserError(_nothing(path, skipped))
    if labels is not None:
        labels = labels[keep][good]
    about = {"labels": labels, "class_names": class_names, "skipped": tuple(skipped)}
    return framed("folder", array, request, **about)


def classes(names: list[str]) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Return labels (N,) and class names from names such as "train/cat/1.png"; (None, ()) without classes."""
    folders = [name.split("/")[:-1] for name in names]
    depth = 0
    while folders and all(len(parts) > depth for parts in folders):
        found = sorted({parts[depth] for parts in folders})
        if len(found) > 1:
            number = {name: k for k, name in enumerate(found)}
            return np.array([number[parts[depth]] for parts in folders], dtype=np.int64), tuple(found)
        depth += 1
    return None, ()


def _decode_all(
    source: ImageSource, names: list[str], request: DataRequest, progress: Progress
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], Skipped]:
    """Return the decoded images, which of ``names`` they are, and the others with their reasons."""
    side = request.size + 2 * margin(request)
    whole, background = request.framing == "fit", rgb(request.background)
    array = _allocate(len(names), request.channels, side)
    good = np.zeros(len(names), dtype=np.bool_)
    unusable: Skipped = []

    def decode_chunk(start: int) -> Skipped:
        failed: Skipped = []
        for i in range(start, min(start + CHUNK, len(names))):
            try:
                file = source.open(names[i])
                array[i] = decode(file, side, request.channels, whole=whole, background=background)
                good[i] = True
            except Unusable as reason:
                failed.append((names[i], str(reason)))
        return failed

    done = 0
    # Pillow warns of odd metadata, which says nothing to a person, and of images with absurdly many pixels.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        # One thread more than training uses: Pillow works outside the interpreter's lock.
        with ThreadPoolExecutor(default_threads() + 1, "decode") as pool:
            futures = [pool.submit(decode_chunk, start) for start in range(0, len(names), CHUNK)]
            try:
                for failed in _as_they_come(futures):
                    unusable += failed
                    done = min(done + CHUNK, len(names))
                    progress("Decoding images", done, len(names))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return (array if good.all() else array[good]), good, unusable


def _as_they_come(futures: Iterable[Future[Skipped]]) -> Iterable[Skipped]:
    pending = set(futures)
    while pending:
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


def _allocate(count: int, channels: int, side: int) -> NDArray[np.uint8]:
    needed = count * channels * side**2
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else needed
    if needed > memory:
        raise UserError(
            f"{count:,} images of this size need {needed / 2**30:,.1f} GiB of memory; choose a smaller size "
            "(data.size) or fewer images (data.limit)."
        )
    return np.empty((count, channels, side, side), dtype=np.uint8)


def _nothing(path: Path, skipped: Skipped) -> str:
    if not skipped:
        return f"There is no image in {path} ({KINDS})."
    name, reason = skipped[0]
    return f"None of the {len(skipped):,} images in {path} can be used; {name} {reason}."
