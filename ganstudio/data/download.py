"""Fetching files from the web into a folder, whole and checked or not at all."""

from __future__ import annotations

import errno
import functools
import hashlib
import http.client
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError

CHUNK = 256 * 1024  # bytes between two calls of progress, at which a download can be cancelled
TIMEOUT = 30.0  # seconds without an answer


@dataclass(frozen=True)
class RemoteFile:
    """A file that lies at each of ``addresses``, with the MD5 sum that its authors give."""

    name: str
    addresses: tuple[str, ...]
    md5: str


@contextmanager
def staging(folder: Path, title: str) -> Iterator[Path]:
    """Give a temporary folder inside ``folder``, which is made where it is missing, and remove it at the end.

    What goes wrong inside leaves ``folder`` as it was; a full disk or a lack of rights raises UserError.
    """
    made: list[Path] = []
    try:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as temporary:
            yield Path(temporary)
    except BaseException as error:
        for parent in made:
            _remove_if_empty(parent)
        if isinstance(error, OSError):
            raise UserError(f"{title} cannot be saved in {folder}: {_why(error)}.") from error
        raise


def fetch(files: Sequence[RemoteFile], folder: Path, title: str, progress: Progress) -> None:
    """Download ``files`` into ``folder``, checking their sums. The next address is tried where one fails.

    Raises UserError where no address gives a file, OSError where it cannot be written, and what ``progress``
    raises.
    """
    for number, file in enumerate(files, 1):
        what = f"Downloading {title}" + (f", file {number} of {len(files)}" if len(files) > 1 else "")
        failures: list[str] = []
        for address in file.addresses:
            failure = _fetch_one(address, file, folder / file.name, functools.partial(progress, what))
            if not failure:
                break
            failures.append(failure)
        else:
            raise UserError(
                f"{title} could not be downloaded: {'; '.join(failures)}. Check the connection and try "
                "again, or choose a folder that holds the data already (data.path)."
            )


def _fetch_one(address: str, file: RemoteFile, target: Path, progress: Callable[[int, int], None]) -> str:
    """Return why it failed; "" where the file has come."""
    host = urlsplit(address).hostname or address
    digest = hashlib.md5(usedforsecurity=False)
    done = 0
    # The addresses are those that torchvision knows, never a person's input.
    try:
        reply = urllib.request.urlopen(address, timeout=TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        return f"{host} does not give {file.name} ({error.code})"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"{host} cannot be reached ({_why(error)})"
    with reply, target.open("wb") as output:
        total = int(reply.headers.get("Content-Length") or 0)
        while True:
            progress(done, total)
            try:
                block = reply.read(CHUNK)
            except (OSError, http.client.HTTPException) as error:
                return f"the connection to {host} broke off ({_why(error)})"
            if not block:
                break
            output.write(block)
            digest.update(block)
            done += len(block)
    if digest.hexdigest() != file.md5:
        return f"{file.name} from {host} is not the expected file (its checksum differs)"
    progress(done, done)
    return ""


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, OSError) and reason.errno == errno.ENOSPC:
        return "the disk is full"
    if isinstance(reason, PermissionError):
        return "you may not write there"
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return str(getattr(reason, "strerror", None) or reason).rstrip(".") or type(reason).__name__
