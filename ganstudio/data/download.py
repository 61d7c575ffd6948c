"""Fetching files from the web into a folder, whole and checked or not at all."""

from __future__ import annotations

import errno
import functools
import hashlib
import http
import http.client
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ganstudio.data.dataset import Progress
from ganstudio.errors import UserError
from ganstudio.paths import downloads_folder

CHUNK = 256 * 1024  # bytes between two calls of progress, at which a download can be cancelled
TIMEOUT = 30.0  # seconds without an answer
PATIENCE = 30 * 24 * 3600  # seconds for which a download that broke off waits to be gone on with


@dataclass(frozen=True)
class RemoteFile:
    """A file that lies at each of ``addresses``, with the checksum that its authors give.

    The MD5 sum, or the beginning of the SHA-256 in hexadecimal digits.
    """

    name: str
    addresses: tuple[str, ...]
    md5: str = ""
    sha256: str = ""

    def is_whole(self, path: Path) -> bool:
        """Whether a file is this one. Raises OSError where it cannot be read."""
        with path.open("rb") as file:
            if self.md5:
                md5 = functools.partial(hashlib.md5, usedforsecurity=False)
                return hashlib.file_digest(file, md5).hexdigest() == self.md5
            return hashlib.file_digest(file, "sha256").hexdigest().startswith(self.sha256)


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


def fetch(
    files: Sequence[RemoteFile],
    folder: Path,
    title: str,
    progress: Progress,
    instead: str = "choose a folder that holds the data already (data.path)",
) -> None:
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
                f"again, or {instead}."
            )


def _fetch_one(address: str, file: RemoteFile, target: Path, progress: Callable[[int, int], None]) -> str:
    """Return why it failed; "" where the file has come.

    What has come of it stays in the cache until it is whole, so that the next attempt goes on from there.
    """
    part = downloads_folder() / f"{file.md5 or file.sha256}-{file.name}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    _forget_old(part.parent)
    resumed = part.exists()
    failure = _append(address, file, part, progress)
    if failure or file.is_whole(part):
        if not failure:
            shutil.move(part, target)
        return failure
    part.unlink()
    if resumed:  # its beginning was of something else
        return _fetch_one(address, file, target, progress)
    host = urlsplit(address).hostname or address
    return f"{file.name} from {host} is not the expected file (its checksum differs)"


def _append(address: str, file: RemoteFile, part: Path, progress: Callable[[int, int], None]) -> str:
    """Fetch what is missing in ``part``; return why it failed."""
    host = urlsplit(address).hostname or address
    done = part.stat().st_size if part.exists() else 0
    # The addresses are those that torchvision knows, never a person's input.
    request = urllib.request.Request(address, headers={"Range": f"bytes={done}-"} if done else {})  # noqa: S310
    try:
        reply = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        if done and error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return ""  # all of it is there; the checksum decides
        return f"{host} does not give {file.name} ({error.code})"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"{host} cannot be reached{_through(address)} ({_why(error)})"
    goes_on = getattr(reply, "status", http.HTTPStatus.OK) == http.HTTPStatus.PARTIAL_CONTENT
    done = done if goes_on else 0
    total = done + int(reply.headers.get("Content-Length") or 0)
    with reply, part.open("ab" if goes_on else "wb") as output:
        while True:
            progress(done, total)
            try:
                block = reply.read(CHUNK)
            except (OSError, http.client.HTTPException) as error:
                return f"the connection to {host} broke off ({_why(error)})"
            if not block:
                break
            output.write(block)
            done += len(block)
    if done < total:
        return f"the connection to {host} broke off"
    progress(done, done)
    return ""


def _forget_old(folder: Path) -> None:
    for part in folder.glob("*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > PATIENCE:
                part.unlink()


def _through(address: str) -> str:
    """Name the proxy that stands between, without its password."""
    parts = urlsplit(address)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if not proxy or urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    return f" through the proxy {urlsplit(proxy).hostname or proxy}"


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
