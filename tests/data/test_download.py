import hashlib
import http.server
import re
import threading
import urllib.request

import pytest

from ganstudio.data import download
from ganstudio.data.dataset import silent
from ganstudio.data.download import RemoteFile, fetch
from ganstudio.errors import Cancelled, UserError
from ganstudio.paths import downloads_folder

CONTENT = bytes(range(256)) * 5000  # 1.2 MB, five blocks


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "target").mkdir()


class Server(http.server.ThreadingHTTPServer):
    """Gives CONTENT out, by ranges where it ``can_resume``, and breaks off after ``cut`` bytes."""

    can_resume = True
    cut = None

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), Handler)
        self.file = RemoteFile(
            "data.bin",
            (f"http://127.0.0.1:{self.server_port}/data.bin",),
            hashlib.md5(CONTENT, usedforsecurity=False).hexdigest(),
        )


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        return None

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        start = int(re.match(r"bytes=(\d+)-", wanted)[1]) if wanted and self.server.can_resume else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cut])


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def parts():
    return list(downloads_folder().glob("*"))


def test_what_broke_off_goes_on_from_there(server, tmp_path):
    server.cut = 600_000
    with pytest.raises(UserError, match=r"the connection to 127\.0\.0\.1 broke off"):
        fetch([server.file], tmp_path / "target", "X", silent)
    assert list((tmp_path / "target").iterdir()) == []
    server.cut = None
    seen = []
    fetch([server.file], tmp_path / "target", "X", lambda *what: seen.append(what[1:]))
    assert server.asked == [None, "bytes=600000-"]
    assert seen[0] == (600_000, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert (tmp_path / "target" / "data.bin").read_bytes() == CONTENT
    assert parts() == []


def test_a_cancelled_download_goes_on_too(server, tmp_path):
    def cancel(_what, done, _total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch([server.file], tmp_path / "target", "X", cancel)
    fetch([server.file], tmp_path / "target", "X", silent)
    assert server.asked == [None, f"bytes={download.CHUNK}-"]
    assert (tmp_path / "target" / "data.bin").read_bytes() == CONTENT


def test_a_server_that_cannot_resume_begins_anew(server, tmp_path):
    server.cut, server.can_resume = 600_000, False
    with pytest.raises(UserError):
        fetch([server.file], tmp_path / "target", "X", silent)
    server.cut = None
    fetch([server.file], tmp_path / "target", "X", silent)
    assert (tmp_path / "target" / "data.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("left", [b"something else", CONTENT + b"too much", CONTENT])
def test_a_beginning_that_does_not_fit_is_fetched_anew(server, tmp_path, left):
    downloads_folder().mkdir(parents=True)
    (downloads_folder() / f"{server.file.md5}-data.bin.part").write_bytes(left)
    fetch([server.file], tmp_path / "target", "X", silent)
    assert (tmp_path / "target" / "data.bin").read_bytes() == CONTENT
    assert len(server.asked) == (1 if left == CONTENT else 2)


def test_a_proxy_that_does_not_answer_is_named_without_its_password(server, tmp_path, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(urllib.request, "_opener", None)  # it remembers the proxies of its first use
    monkeypatch.setenv("http_proxy", "http://me:secret@127.0.0.1:1")
    file = RemoteFile("x", ("http://data.invalid/x",), "0")
    with pytest.raises(
        UserError, match=r"cannot be reached through the proxy 127\.0\.0\.1 \(Connection ref"
    ) as told:
        fetch([file], tmp_path / "target", "X", silent)
    assert "secret" not in str(told.value)
