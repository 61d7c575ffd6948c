"""What an archive must be before anything of it is unpacked: a stranger may have made it."""

from __future__ import annotations

import stat
import struct
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from ganstudio.errors import UserError

ENTRIES = 100_000
DIRECTORY_LIMIT = 256 * ENTRIES  # bytes of the archive's list of entries
NAME_LIMIT, DEPTH = 200, 6  # characters of a file's name, folders within folders
RATIO = 200  # as far as sane data shrink; deflate reaches 1,032 on nothing but zeros
SMALL = 2**20  # bytes that may shrink as they like

_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{i}" for name in ("com", "lpt") for i in range(1, 10))}
_IGNORED = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}  # what file managers add


def check_directory_size(path: Path) -> None:
    """Refuse an archive whose list of entries alone would fill the memory. Raises UserError and OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 22 - 65_535))
        tail = file.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < 22:
            raise UserError(f"{path} is no zip archive, or it was cut off.")
        (length,) = struct.unpack_from("<L", tail, at + 12)
        if length == 0xFFFFFFFF and at >= 20 and tail[at - 20 : at - 16] == b"PK\6\7":
            file.seek(struct.unpack_from("<Q", tail, at - 12)[0])
            record = file.read(56)
            length = struct.unpack_from("<Q", record, 40)[0] if len(record) == 56 else length
    if length > min(size, DIRECTORY_LIMIT):
        raise UserError(f"{path} is refused: its list of entries is too long for a session.")


def entries_of(path: Path, entries: Sequence[ZipInfo], size: int) -> list[ZipInfo]:
    """The files among the entries that belong to the session. Raises UserError where one is not harmless."""
    if len(entries) > ENTRIES:
        raise UserError(f"{path} is refused: it has {len(entries):,} entries; a session has fewer.")
    wanted = [entry for entry in entries if not _IGNORED & set(entry.filename.split("/"))]
    for entry in wanted:
        if why := _harm(entry):
            raise UserError(f"{path} is refused: its entry {entry.filename[:80]!r} {why}.")
    files = [entry for entry in wanted if not entry.is_dir()]
    if sum(entry.compress_size for entry in files) > size:
        raise UserError(f"{path} is refused: its entries overlap.")
    _refuse_clashes(path, files)
    return files


def root_of(path: Path, files: Sequence[ZipInfo], record: str) -> str:
    """What all names of the session begin with: "" or its folder and a slash.

    Raises UserError where there is no session in the archive, or something beside it.
    """
    places = [entry.filename for entry in files if entry.filename.split("/")[-1] == record]
    root = min((place.removesuffix(record) for place in places), key=len, default=None)
    if root is None or root.count("/") > 1:
        raise UserError(f"{path} holds no session: there is no {record} in it.")
    if not all(entry.filename.startswith(root) for entry in files):
        raise UserError(f"{path} is refused: it holds other files beside the session {root.rstrip('/')}.")
    return root


def harm_of_name(name: str) -> str:
    """Why a name (parts with slashes between) cannot be unpacked everywhere; "" where it can."""
    parts = name.split("/")
    if not name.isprintable():
        return "has a name that cannot be printed"
    if "\\" in name or ":" in name or "" in parts or {".", ".."} & set(parts):
        return "has a name that leads out of the folder"
    if len(parts) > DEPTH or any(len(part.encode()) > NAME_LIMIT for part in parts):
        return "has a name that is too long"
    if any(part.split(".")[0].lower() in _RESERVED or part[-1] in ". " for part in parts):
        return "has a name that not every system takes"
    return ""


def _harm(entry: ZipInfo) -> str:
    """Why an entry is refused; "" where it is harmless."""
    # ZipInfo cuts a name off at a zero byte; the name as it is written tells.
    if why := harm_of_name(entry.orig_filename.removesuffix("/")):
        return why
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is no file but a link or a device"
    if entry.flag_bits & 1:
        return "is encrypted"
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "is compressed in a way that sessions are not"
    if entry.file_size > max(SMALL, RATIO * entry.compress_size):
        return "would grow beyond all measure"
    return ""


def _refuse_clashes(path: Path, files: Sequence[ZipInfo]) -> None:
    """Two names that one system or another takes for the same; a file that is a folder too."""
    seen: set[str] = set()
    folders: set[str] = set()
    for entry in files:
        name = unicodedata.normalize("NFC", entry.filename).casefold()
        if name in seen:
            raise UserError(f"{path} is refused: it holds {entry.filename[:80]!r} twice.")
        seen.add(name)
        parts = name.split("/")
        folders |= {"/".join(parts[:count]) for count in range(1, len(parts))}
    if both := sorted(seen & folders):
        raise UserError(f"{path} is refused: {both[0][:80]!r} is a file and a folder in it.")
