"""Finding the image files of a folder or zip archive, in an order that does not depend on the file system."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Protocol, Self

from ganstudio.data.dataset import Progress
from ganstudio.data.images import SUFFIXES, Unusable
from ganstudio.errors import UserError

# A member of an archive is read into memory as a whole; no photograph is as large.
MEMBER_BYTES = 512 * 2**20
# Images are compressed already: what shrinks a thousandfold was made to fill the memory.
MEMBER_RATIO = 1000
SEARCHING = "Looking for images"


@dataclass
class Listing:
    """Names of the images, paths with "/" relative to the root, in ascending order; and what was left out."""

    names: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


class ImageSource(Protocol):
    """A place that holds images."""

    listing: Listing

    def stamp(self, name: str) -> str:
        """What changes when the content of an image does."""

    def open(self, name: str) -> str | IO[bytes]:
        """Return the path or the content of an image. Raises Unusable. Called from many threads."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_source(path: Path, progress: Progress) -> ImageSource:
    """Open a folder or zip archive and list its images. Raises UserError where it is neither."""
    try:
        if path.is_dir():
            return FolderSource(path, progress)
        if not path.exists():
            raise UserError(f"There is no folder or zip archive {path}.")
        if zipfile.is_zipfile(path):
            return ZipSource(path, progress)
    except PermissionError:
        raise UserError(f"{path} may not be read by you.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from None
    raise UserError(f"{path} is neither a folder nor a zip archive.")


class FolderSource:
    """The images of a folder and its sub-folders. Links are followed, each folder is read once."""

    def __init__(self, root: Path, progress: Progress) -> None:
        """List the images. Raises OSError where the root itself cannot be read."""
        self._root = root.absolute()
        self._progress = progress
        self._seen: dict[tuple[int, int], str] = {}
        self._stamps: dict[str, str] = {}
        self.listing = Listing()
        with os.scandir(root):
            pass  # an unreadable root is an error, an unreadable sub-folder is only left out
        self._walk("")
        self.listing.names.sort()

    def stamp(self, name: str) -> str:
        """Path, size and time of the last change."""
        return self._stamps[name]

    def open(self, name: str) -> str:
        """Return the path; Pillow reads the file itself, and of a large JPEG no more than it needs."""
        return str(self._root / name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def _walk(self, folder: str) -> None:
        pending = [folder]
        while pending:
            folder = pending.pop()
            try:
                status = (self._root / folder).stat()
                first = self._seen.setdefault((status.st_dev, status.st_ino), folder)
                if first != folder:
                    self._skip(folder, f"is the same folder as {first or 'the chosen one'}")
                    continue
                with os.scandir(self._root / folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except OSError as error:
                self._skip(folder, _reason(error))
                continue
            folders = [name for entry in entries if (name := self._take(entry, folder))]
            pending += reversed(folders)
            self._progress(SEARCHING, len(self.listing.names), 0)

    def _take(self, entry: os.DirEntry[str], folder: str) -> str | None:
        """Note a file; return the name of a folder that is to be read."""
        name = f"{folder}/{entry.name}" if folder else entry.name
        if _is_hidden(entry.name):
            return None
        try:
            status = entry.stat()
        except OSError as error:
            if _is_image_name(name):
                self._skip(name, _reason(error))
            return None
        if stat.S_ISDIR(status.st_mode):
            return name
        if _is_image_name(name):
            # Opening a pipe or a device would wait for ever.
            if not stat.S_ISREG(status.st_mode):
                self._skip(name, "is not a regular file")
            elif status.st_size == 0:
                self._skip(name, "is empty")
            else:
                self.listing.names.append(name)
                self._stamps[name] = f"{self._root / name}|{status.st_size}|{status.st_mtime_ns}"
        return None

    def _skip(self, name: str, reason: str) -> None:
        self.listing.skipped.append((name, reason))


class ZipSource:
    """The images of a zip archive, read in memory; nothing is written to disk."""

    def __init__(self, path: Path, progress: Progress) -> None:
        """Read the archive's directory. Raises UserError where it is damaged."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise UserError(f"{path} is not a readable zip archive: {error}.") from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        self.listing = Listing()
        for name, member in sorted(self._images(), key=lambda pair: pair[0]):
            reason = _refusal(member)
            if name in self._members:
                reason = "is in the archive twice; the first one is used"
            if reason:
                self.listing.skipped.append((name, reason))
            else:
                self._members[name] = member
                self.listing.names.append(name)
        progress(SEARCHING, len(self.listing.names), 0)

    def stamp(self, name: str) -> str:
        """Name, size and checksum, wherever the archive lies."""
        member = self._members[name]
        return f"{name}|{member.file_size}|{member.CRC}"

    def open(self, name: str) -> BytesIO:
        """Return the content; never more than the size that the archive declares."""
        try:
            return BytesIO(self._zip.read(self._members[name]))
        except MemoryError:
            raise Unusable("does not fit into memory") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise Unusable(f"is damaged in the archive ({error})") from None
        except (NotImplementedError, RuntimeError):
            raise Unusable("is encrypted or packed in a way that is not known") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def _images(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        for member in self._zip.infolist():
            parts = [
                part
                for part in PurePosixPath(member.filename.replace("\\", "/")).parts
                if part not in ("/", "..")
            ]
            hidden = any(_is_hidden(part) for part in parts)
            if not member.is_dir() and parts and not hidden and _is_image_name(parts[-1]):
                yield "/".join(parts), member


def _refusal(member: zipfile.ZipInfo) -> str:
    """Why a member is not read, from what the archive declares of it; "" where nothing speaks against it."""
    if member.flag_bits & 1:
        return "is encrypted"
    if member.file_size == 0:
        return "is empty"
    if member.file_size > MEMBER_BYTES:
        return f"would unpack to {member.file_size / 2**20:,.0f} MiB"
    if member.file_size > 2**20 and member.file_size > MEMBER_RATIO * member.compress_size:
        return "unpacks to more than a thousand times its size"
    return ""


def _is_image_name(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def _is_hidden(part: str) -> bool:
    """Names that file managers leave behind, such as ._photo.jpg, hold no images of the person's."""
    return part.startswith(".") or part == "__MACOSX"


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "may not be read"
    if isinstance(error, FileNotFoundError):
        return "is a link to something that does not exist"
    return f"cannot be read ({error.strerror or error})"
