"""Inception's weights from an address like torchvision's, on this machine."""

from __future__ import annotations

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganstudio.data.dataset import silent
from ganstudio.data.download import RemoteFile
from ganstudio.errors import Cancelled, UserError
from ganstudio.evaluation import inception_download as downloading
from ganstudio.paths import networks_folder

CONTENT = b"weights " * 100_000


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteFile]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "inception.pth").write_bytes(CONTENT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/inception.pth"
    remote = RemoteFile("inception.pth", (address,), sha256=hashlib.sha256(CONTENT).hexdigest()[:8])
    monkeypatch.setattr(downloading, "inception_download", lambda: remote)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield remote
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_fetched_once_with_progress(file: RemoteFile) -> None:
    told: list[tuple[int, int]] = []
    assert downloading.downloaded_inception() is None
    path = downloading.download_inception(lambda _what, done, total: told.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert downloading.downloaded_inception() == path
    count = len(told)
    assert downloading.download_inception(lambda *_: told.append((0, 0))) == path
    assert len(told) == count


def test_another_file_than_the_expected_one_is_refused(
    file: RemoteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = RemoteFile(file.name, file.addresses, sha256="00000000")
    monkeypatch.setattr(downloading, "inception_download", lambda: wrong)
    with pytest.raises(UserError, match=r"checksum differs.*give a file that you have"):
        downloading.download_inception(silent)
    assert downloading.downloaded_inception() is None


def test_cancelling_leaves_nothing_among_the_networks(file: RemoteFile) -> None:
    def cancel(_what: str, done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        downloading.download_inception(cancel)
    assert not networks_folder().exists()


def test_the_address_is_torchvisions_and_its_name_holds_the_checksum() -> None:
    found = downloading.inception_download()
    assert found.addresses[0].startswith("https://")
    assert found.name.endswith(f"-{found.sha256}.pth")
    assert len(found.sha256) == 8
