"""What all exports promise: whole or not at all, nothing lost, one sentence for a mistake."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from export_sessions import CancelAt, small

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import Finished
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import Cancelled, UserError
from ganstudio.exporting import EXPORTS, kinds
from ganstudio.exporting.export import ABOUT, Order, export
from ganstudio.exporting.kinds import NoOptions, ending, missing, option_rows, read_options
from ganstudio.exporting.source import Source
from ganstudio.registry import Choice
from ganstudio.session.archive import import_zip
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

SCOPES = {"state", "history", "session"}
APART = {
    "onnx",
    "plots",
}  # made in a process of their own, which takes seconds: see test_apart.py


def target(folder: Path, name: str) -> Path:
    return folder / f"out{ending(EXPORTS[name])}"


def below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A kind whose implementation a test can fill in."""
    module = SimpleNamespace(Options=NoOptions, export=lambda source, out, options, progress: 0)
    monkeypatch.setattr(Choice, "load", lambda choice: module)
    EXPORTS.register("fake", title="Fake", help="For a test.", traits=("state", "folder"))
    yield module
    EXPORTS.unregister("fake")


@pytest.mark.parametrize("name", EXPORTS)
def test_every_kind_says_its_form_where_it_comes_from_and_its_options(name: str) -> None:
    kind = EXPORTS[name]
    assert len(SCOPES & kind.traits) == 1
    assert bool(ending(kind)) != ("folder" in kind.traits)
    assert kind.help.endswith(".")
    for row in option_rows(kind):
        assert row.info.help.endswith(".")
        assert read_options(kind, {row.path: row.default}) == read_options(kind, {})


@pytest.mark.parametrize("name", sorted(set(EXPORTS) - APART))
def test_cancelling_at_any_report_leaves_nothing(name: str, digits: Path, tmp_path: Path) -> None:
    counted = CancelAt()
    whole = tmp_path / "whole"
    export(Order(name, digits, target(whole, name)), counted)
    assert len(counted.reports) >= 3
    places = {1, 2, len(counted.reports) // 2, len(counted.reports) - 1, len(counted.reports)}
    for at in places:
        with pytest.raises(Cancelled):
            export(Order(name, digits, target(tmp_path / "a" / "b", name)), CancelAt(at))
        assert [path.name for path in tmp_path.iterdir()] == ["whole"]


@pytest.mark.parametrize("name", ["weights", "samples"])
def test_what_is_there_is_replaced_only_when_asked_and_never_lost(
    name: str, ring: Path, tmp_path: Path
) -> None:
    order = Order(name, ring, target(tmp_path, name), at=4)
    assert export(order).iteration == 4
    before = below(tmp_path)
    with pytest.raises(UserError, match="is there already"):
        export(order)
    assert below(tmp_path) == before
    again = Order(name, ring, order.out, overwrite=True)
    with pytest.raises(Cancelled):
        export(again, CancelAt(2))
    assert below(tmp_path) == before
    assert export(again).iteration == 12
    assert below(tmp_path) != before
    assert below(tmp_path).keys() == before.keys()


def test_a_folder_of_other_things_is_never_replaced(ring: Path, tmp_path: Path) -> None:
    out = tmp_path / "holiday"
    out.mkdir()
    export(Order("samples", ring, out))  # an empty one may be filled
    shutil.rmtree(out)
    out.mkdir()
    (out / "photo.png").write_bytes(b"precious")
    with pytest.raises(UserError, match="holds files of another kind"):
        export(Order("samples", ring, out, overwrite=True))
    (out / ABOUT).write_text(json.dumps({"export": "plots"}))
    with pytest.raises(UserError, match="holds files of another kind"):
        export(Order("samples", ring, out, overwrite=True))
    assert (out / "photo.png").read_bytes() == b"precious"


def test_a_folder_says_what_it_is(ring: Path, tmp_path: Path) -> None:
    export(Order("plots", ring, tmp_path / "plots", at=8))
    about = json.loads((tmp_path / "plots" / ABOUT).read_text())
    assert (about["export"], about["experiment"], about["iteration"]) == ("plots", "ring-wgan-gp", 8)


@pytest.mark.parametrize(
    ("name", "out", "at", "sentence"),
    [
        ("weights", "out.zip", None, "must end in .safetensors"),
        ("weights", "folder.safetensors", None, "is a folder"),
        ("samples", "file", None, "is a file"),
        ("weights", "out.safetensors", 5, "no checkpoint of iteration 5; there are: 4, 8, 12"),
        ("gif", "session/out.gif", None, "cannot lie inside its session"),
        ("nothing", "out", None, "no export 'nothing'; there are weights"),
        ("weights", "file/out.safetensors", None, "could not be written"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing(
    name: str, out: str, at: int | None, sentence: str, ring: Path, tmp_path: Path
) -> None:
    session = Path(shutil.copytree(ring, tmp_path / "session"))
    (tmp_path / "folder.safetensors").mkdir()
    (tmp_path / "file").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match=sentence):
        export(Order(name, session, tmp_path / out, at=at))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    fake: SimpleNamespace, ring: Path, tmp_path: Path
) -> None:
    def fill(source: Source, out: Path, options: NoOptions, progress: Progress) -> int:
        out.mkdir()
        (out / "first").write_bytes(b"...")
        raise OSError(errno.ENOSPC, "No space left on device")

    fake.export = fill
    with pytest.raises(UserError, match="could not be written: the disk is full"):
        export(Order("fake", ring, tmp_path / "deep" / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_session_that_never_trained_has_nothing_to_export(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "new", small("ring-wgan-gp")).path
    for name, sentence in {
        "weights": "no checkpoint yet",
        "gif": "no samples yet",
        "scalars": "no history yet",
        "plots": "no history yet",
    }.items():
        with pytest.raises(UserError, match=sentence):
            export(Order(name, session, target(tmp_path, name)))


def test_a_damaged_checkpoint_is_passed_over_and_told(ring: Path, tmp_path: Path) -> None:
    session = Path(shutil.copytree(ring, tmp_path / "session"))
    (session / "checkpoints" / "00000012" / "generator.safetensors").write_bytes(b"broken")
    exported = export(Order("weights", session, tmp_path / "out.safetensors"))
    assert exported.iteration == 8
    assert "iteration 12 is unusable" in exported.problems[0]
    with pytest.raises(UserError, match="is missing or was cut off"):
        export(Order("weights", session, tmp_path / "chosen.safetensors", at=12))


def test_exports_read_whole_states_while_training_writes_and_checkpoints_retire(tmp_path: Path) -> None:
    experiment = small("ring-wgan-gp", data__points=200, saving__checkpoint_every=1, saving__keep=1)
    trainer = Trainer(experiment, device="cpu", threads=1)
    seen: list[int] = []
    with Recorder(Session.create(tmp_path / "session", experiment)) as recorder:
        for event in trainer.run(24):
            recorder.handle(event)
            if event.iteration % 4 == 0 and Session.open(tmp_path / "session").checkpoints():
                order = Order("weights", tmp_path / "session", tmp_path / "w.safetensors", overwrite=True)
                seen.append(export(order).iteration)
    assert isinstance(event, Finished)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_a_session_is_packed_as_a_whole(ring: Path, tmp_path: Path) -> None:
    packed = export(Order("session", ring, tmp_path / "ring.zip"))
    assert packed.iteration == 12
    unpacked = import_zip(packed.path, tmp_path / "again")
    for at in (8, None):
        mine, theirs = (Source(path, at).snapshot for path in (ring, unpacked.path))
        assert mine.iteration == theirs.iteration
        assert np.array_equal(mine.tensors["random"]["latents"], theirs.tensors["random"]["latents"])
    with pytest.raises(UserError, match="as a whole"):
        export(Order("session", ring, tmp_path / "other.zip", at=8))


def test_a_missing_package_is_a_sentence_with_the_line_that_adds_it(
    monkeypatch: pytest.MonkeyPatch, ring: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(kinds, "find_spec", lambda name: None if name == "onnxscript" else "there")
    assert missing(EXPORTS["weights"]) == ""
    assert missing(EXPORTS["onnx"]).endswith("python -m pip install onnxscript")
    with pytest.raises(UserError, match="needs onnxscript, which is not installed"):
        export(Order("onnx", ring, tmp_path / "out.onnx"))
    monkeypatch.setattr(kinds, "find_spec", lambda name: None)
    assert "needs onnx and onnxscript, which are not installed" in missing(EXPORTS["onnx"])
    monkeypatch.setattr(kinds.sys, "frozen", True, raising=False)
    assert missing(EXPORTS["mp4"]).endswith(
        "not part of this packaged program; install GAN Studio with pip to have it."
    )
