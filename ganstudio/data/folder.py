"""Any folder or zip archive of images, decoded once into one array by all processor cores."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganstudio.data import cache
from ganstudio.data.colour import rgb
from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.framing import framed, margin
from ganstudio.data.image_sources import ImageSource, open_source
from ganstudio.data.images import Unusable, decode
from ganstudio.data.memory import available
from ganstudio.data.selection import chosen, expanded
from ganstudio.errors import UserError
from ganstudio.paths import decoded_folder
from ganstudio.threads import default_threads

CHUNK = 64  # images that a thread decodes before it reports
KINDS = "PNG, JPEG, WebP, BMP, GIF or TIFF"

Images = NDArray[np.uint8]
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
        array, unusable = _images(source, [names[i] for i in keep], str(path), request, progress)
    failed = {name for name, _ in unusable}
    good = np.array([names[i] not in failed for i in keep], dtype=np.bool_)
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
        if len(found) > 1 and _are_shards(folders, depth):
            return None, ()
        if len(found) > 1:
            number = {name: k for k, name in enumerate(found)}
            return np.array([number[parts[depth]] for parts in folders], dtype=np.int64), tuple(found)
        depth += 1
    return None, ()


def _are_shards(folders: list[list[str]], depth: int) -> bool:
    """Whether folders only share the files out, as those of an exported LSUN do: a/3/f/0/9/c/a3f09c….webp."""
    return all(len(part) == 1 for parts in folders for part in parts[depth : depth + 2]) and all(
        len(parts) > depth + 1 for parts in folders
    )


def _images(
    source: ImageSource, names: list[str], where: str, request: DataRequest, progress: Progress
) -> tuple[Images, Skipped]:
    """The images of ``names``, from the cache where it has them, and which could not be used."""
    side = request.size + 2 * margin(request)
    if not names:
        return np.empty((0, request.channels, side, side), np.uint8), []
    shape = (len(names), request.channels, side, side)
    mapped = _is_mapped(request, int(np.prod(shape)))
    whole, background = request.framing == "fit", rgb(request.background)
    key = cache.key_of([repr((shape, whole, background)), *map(source.stamp, names)])
    if (found := cache.find(key, progress, mapped=mapped)) is not None:
        return found
    writing = _begin(key, shape, where, mapped=mapped)
    array = np.empty(shape, np.uint8) if writing is None else writing.images

    def decode_one(i: int) -> None:
        array[i] = decode(source.open(names[i]), side, request.channels, whole=whole, background=background)

    try:
        good, unusable = _decode_all(decode_one, names, progress)
        if writing is None or not good.any():
            return (array if good.all() else array[good]), unusable
        kept = None if mapped else array[good]
        failure = _finish(writing, good, unusable)
    finally:
        if writing is not None:
            writing.discard()
    if kept is not None:  # in memory; whether it was kept on the disk only decides about the next start
        return kept, unusable
    found = cache.find(key, progress, mapped=True)
    if found is None:
        raise UserError(
            f"The decoded images cannot be kept in {decoded_folder()}: {failure or 'they are gone'}."
        )
    return found


def _finish(writing: cache.Writing, good: NDArray[np.bool_], unusable: Skipped) -> str:
    """Keep what was decoded; returns why it could not be kept, or ""."""
    try:
        writing.finish(good, unusable)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_mapped(request: DataRequest, needed: int) -> bool:
    """Whether the images stay on the disk: on request, or where they would take half of the memory."""
    return request.storage == "disk" or (request.storage == "auto" and needed > available() // 2)


def _begin(key: str, shape: tuple[int, ...], where: str, *, mapped: bool) -> cache.Writing | None:
    """A new entry of the cache; None where it takes none, which only costs the next start its time."""
    needed = int(np.prod(shape))
    if not mapped and needed > cache.bound():
        return None
    try:
        return cache.Writing(key, shape, where)
    except OSError as error:
        if not mapped:
            return None
        raise UserError(
            f"{shape[0]:,} images of this size need {needed / 2**30:,.1f} GiB on the disk of "
            f"{decoded_folder()} ({error.strerror or error}); choose a smaller size (data.size) or fewer "
            "images (data.limit)."
        ) from None


def _decode_all(
    decode_one: Callable[[int], None], names: list[str], progress: Progress
) -> tuple[NDArray[np.bool_], Skipped]:
    """Decode with all cores; returns which of ``names`` could be used, and the others with their reasons."""
    good = np.zeros(len(names), dtype=np.bool_)
    unusable: Skipped = []

    def decode_chunk(start: int) -> Skipped:
        failed: Skipped = []
        for i in range(start, min(start + CHUNK, len(names))):
            try:
                decode_one(i)
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
                pool.shutdown(wait=True, cancel_futures=True)  # they write to what is discarded next
                raise
    return good, sorted(unusable)


def _as_they_come(futures: Iterable[Future[Skipped]]) -> Iterable[Skipped]:
    pending = set(futures)
    while pending:
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


def _nothing(path: Path, skipped: Skipped) -> str:
    if not skipped:
        return f"There is no image in {path} ({KINDS})."
    name, reason = skipped[0]
    return f"None of the {len(skipped):,} images in {path} can be used; {name} {reason}."
