"""A good session to be spoilt, and how one looks at what became of it."""

from __future__ import annotations

import json
from pathlib import Path

from session_events import experiment, history, record, samples, started

from ganstudio.errors import UserError
from ganstudio.session.moments import moment_of
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

STATE = "checkpoints/00000020/state.json"
FILES = (
    "session.json", "annotations.json", "started.json", "real.safetensors", "metrics.sqlite", STATE,
    "checkpoints/00000020/critic.safetensors", "checkpoints/00000020/random.safetensors",
    "samples/00000020.png", "samples/00000020.safetensors", "lock",
)  # fmt: skip
MAY_BE_ABSENT = ("annotations.json", "lock", "started.json")
JSONS = ("session.json", "annotations.json", "started.json", STATE, "lock")


def make(path: Path, *, images: bool) -> Path:
    session = Session.create(path, experiment())
    events = history(20, 10)
    if images:
        events = [started(images=True), *events[2:], samples(20, images=True)]
        events = [e for e in events if type(e).__name__ != "Samples" or e.generated.ndim == 4]  # type: ignore[attr-defined]
    record(session, events)
    session.annotate(notes="Mine.", tags=["good"])
    (path / "lock").write_text(
        json.dumps({"host": "elsewhere", "pid": 1, "process": "", "token": "t", "heartbeat": 0.0})
    )
    return path


def contents(session: Path) -> dict[str, bytes]:
    """Every plain file with what it holds; SQLite's own scratch file is none."""
    plain = (
        p for p in session.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.endswith("-shm")
    )
    return {str(path): path.read_bytes() if path.stat().st_size < 10**7 else b"" for path in plain}


def complaints(session: Path) -> list[str]:
    """Read everything there is to read; returns what it complained of, in sentences."""
    found = []
    try:
        opened = Session.open(session)
    except UserError as error:
        return [str(error)]
    for look in (
        opened.info,
        lambda: list(opened.replay()),
        opened.latest_snapshot,
        opened.checkpoint_entries,
        lambda: opened.annotations,
        lambda: moment_of(opened, 20),
    ):
        try:
            look()
        except UserError as error:
            found.append(str(error))
    return found + list(opened.problems)


def one_sentence(text: str) -> bool:
    return "\n" not in text and text.isprintable() and text.endswith((".", "?")) and len(text) < 1000


def survives(session: Path) -> list[str]:
    """Look at it as a program and as a person does; returns the complaints."""
    before = contents(session)
    found = complaints(session)
    assert all(map(one_sentence, found)), found
    assert contents(session) == before
    return found


def trains_or_refuses(session: Path) -> None:
    """Begin to write, as going on with training does."""
    refusal = "Nothing to say."
    try:
        opened = Session.open(session)
        with Recorder(opened) as recorder:
            snapshot = opened.latest_snapshot()
            recorder.handle(started(snapshot.iteration if snapshot else 0))
    except UserError as error:
        refusal = str(error)
    assert one_sentence(refusal)
