"""Films, tables, event files and plots: read back by programs that are not ours where there are any."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganstudio.engine.events import Evaluated
from ganstudio.errors import UserError
from ganstudio.exporting import EXPORTS, event_file
from ganstudio.exporting.event_file import crc32c
from ganstudio.exporting.export import Order, export
from ganstudio.exporting.frames import evenly
from ganstudio.exporting.kinds import read_options
from ganstudio.exporting.plots import smoothed
from ganstudio.session.metrics import MetricsWriter, Rows
from ganstudio.session.session import Session


def write(kind: str, session: Path, out: Path, at: int | None = None, **values: object) -> Path:
    return export(Order(kind, session, out, read_options(EXPORTS[kind], values), at)).path


# Films.


def test_a_gif_has_a_frame_for_every_sample_grid_in_its_order(digits: Path, tmp_path: Path) -> None:
    out = write("gif", digits, tmp_path / "film.gif", rate=20, caption=False)
    pictures = Session.open(digits).samples()
    with Image.open(out) as film:
        assert film.n_frames == len(pictures) == 5
        assert film.info["loop"] == 0
        for i, path in enumerate(pictures):
            film.seek(i)
            with Image.open(path) as grid:
                assert film.info["duration"] == (50 if i < 4 else 2000)
                wide, high = grid.size
                assert np.array_equal(np.asarray(film.convert("L"))[:high, :wide], np.asarray(grid))


def test_a_film_is_thinned_out_made_smaller_and_captioned(ring: Path, tmp_path: Path) -> None:
    small = write("gif", ring, tmp_path / "small.gif", frames=2, side=101)
    plain = write("gif", ring, tmp_path / "plain.gif", frames=2, side=101, caption=False)
    with Image.open(small) as film, Image.open(plain) as bare:
        assert film.n_frames == bare.n_frames == 2
        assert bare.size == (102, 102)  # even, as videos need
        assert film.size == (102, 120)
        strip = np.asarray(film.convert("L"))[102:]
        assert strip.min() < 40
        assert strip.max() > 150  # words on the strip


def test_a_film_ends_at_the_chosen_iteration(ring: Path, tmp_path: Path) -> None:
    exported = export(Order("gif", ring, tmp_path / "film.gif", at=8))
    assert exported.iteration == 6  # the newest grid until then
    with Image.open(exported.path) as film:
        assert film.n_frames == 3


def test_a_video_is_read_by_ffmpeg(digits: Path, tmp_path: Path) -> None:
    out = write("mp4", digits, tmp_path / "film.mp4", rate=4)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(out))
    assert frames == 5
    assert seconds == pytest.approx(5 / 4, abs=0.02)
    reader = imageio_ffmpeg.read_frames(str(out))
    about = next(reader)
    reader.close()
    assert about["codec"] == "h264"
    assert about["pix_fmt"].startswith("yuv420p")


def test_a_damaged_grid_is_a_sentence(digits: Path, tmp_path: Path) -> None:
    session = Path(shutil.copytree(digits, tmp_path / "session"))
    (session / "samples" / "00000006.png").write_bytes(b"\x89PNG broken")
    for kind, out in (("gif", "a.gif"), ("mp4", "a.mp4"), ("tensorboard", "a")):
        with pytest.raises(UserError, match=r"00000006\.png is damaged"):
            export(Order(kind, session, tmp_path / out))
    assert [path.name for path in tmp_path.iterdir()] == ["session"]


@given(st.integers(1, 300), st.integers(1, 50))
def test_thinning_keeps_first_and_newest_and_the_order(count: int, most: int) -> None:
    pictures = [Path(str(i)) for i in range(count)]
    kept = evenly(pictures, most)
    assert len(kept) == min(count, most) == len(set(kept))
    assert kept == sorted(kept, key=lambda path: int(path.name))
    assert kept[-1] == pictures[-1]
    if most > 1:
        assert kept[0] == pictures[0]
        gaps = {int(b.name) - int(a.name) for a, b in pairwise(kept)}
        assert max(gaps, default=1) - min(gaps, default=1) <= 1


# Tables.


def test_the_table_holds_every_number_exactly(ring: Path, tmp_path: Path) -> None:
    out = write("scalars", ring, tmp_path / "scalars.csv")
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    with sqlite3.connect(f"file:{ring / 'metrics.sqlite'}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        kept = connection.execute("SELECT * FROM scalars ORDER BY iteration").fetchall()
    connection.close()
    assert [int(row["iteration"]) for row in rows] == list(range(1, 13))
    for row, stored in zip(rows, kept, strict=True):
        for name in set(stored.keys()) - {"wall_time"}:
            assert (float(row[name]) if row[name] else None) == stored[name]
    assert {row["total_loss"] for row in rows} == {""}  # it does not apply
    assert all(row["critic_loss"] for row in rows)


def test_figures_of_quality_stand_in_their_iterations(ring: Path, tmp_path: Path, accumulator: Any) -> None:
    session = Path(shutil.copytree(ring, tmp_path / "ring"))
    rows = Rows()
    rows.add(Evaluated(8, {"quality_of_a_test": 0.25}, {}))
    writer = MetricsWriter(session / "metrics.sqlite")
    writer.write(rows)
    writer.close()
    out = write("scalars", session, tmp_path / "scalars.csv")
    with out.open(newline="") as file:
        found = [row["quality_of_a_test"] for row in csv.DictReader(file)]
    assert found == [""] * 7 + ["0.25"] + [""] * 4
    board = read(accumulator, write("tensorboard", session, tmp_path / "board", pictures=0))
    assert [(e.step, e.value) for e in board.Scalars("quality/quality_of_a_test")] == [(8, 0.25)]


def test_the_table_ends_at_the_chosen_iteration(ring: Path, tmp_path: Path) -> None:
    out = write("scalars", ring, tmp_path / "scalars.csv", at=8)
    assert len(out.read_text().splitlines()) == 1 + 8


# TensorBoard.


def test_the_checksum_is_that_of_rfc_3720() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E


@pytest.fixture
def accumulator() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of TensorBoard's own imports
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    return EventAccumulator


def read(accumulator: Any, folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = accumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "histograms": 0})
        found.Reload()
    return found


def test_tensorboard_reads_the_scalars(ring: Path, tmp_path: Path, accumulator: Any) -> None:
    found = read(accumulator, write("tensorboard", ring, tmp_path / "board", pictures=0, histograms=False))
    stored = Session.open(ring).metrics.scalars()
    assert stored
    tags = set(found.Tags()["scalars"])
    assert {"gradients/gradient_norm_mean", "losses/critic_loss", "losses/wasserstein_estimate"} <= tags
    assert "losses/total_loss" not in tags  # it does not apply
    assert found.Tags()["images"] == found.Tags()["histograms"] == []
    events = found.Scalars("losses/critic_loss")
    assert [event.step for event in events] == stored.iterations.tolist()
    assert np.array_equal([e.value for e in events], stored.values["critic_loss"].astype(np.float32))
    passed = np.array([event.wall_time for event in events]) - found.FirstEventTimestamp()
    assert passed == pytest.approx(stored.seconds, abs=1e-6)


def test_tensorboard_reads_the_pictures_and_the_histograms(
    digits: Path, tmp_path: Path, accumulator: Any
) -> None:
    found = read(accumulator, write("tensorboard", digits, tmp_path / "board", pictures=3))
    pictures = found.Images("samples")
    assert [picture.step for picture in pictures] == [0, 6, 12]
    grid = digits / "samples" / "00000006.png"
    assert pictures[1].encoded_image_string == grid.read_bytes()
    with Image.open(grid) as image:
        assert (pictures[1].width, pictures[1].height) == image.size
    batches = Session.open(digits).metrics.gradient_norms()
    histograms = found.Histograms("gradient_norms/interpolates")
    assert [event.step for event in histograms] == [batch.iteration for batch in batches] == [4, 8, 12]
    value, norms = histograms[0].histogram_value, batches[0].norms.astype(np.float64)
    assert (value.min, value.max, value.num) == (norms.min(), norms.max(), len(norms))
    assert value.sum == pytest.approx(norms.sum())
    assert value.sum_squares == pytest.approx((norms**2).sum())
    assert sum(value.bucket) == len(norms)
    counts = [
        int(((norms > low) & (norms <= high)).sum())
        for low, high in zip((-np.inf, *value.bucket_limit), value.bucket_limit, strict=False)
    ]
    assert abs(np.cumsum(counts) - np.cumsum(value.bucket)).max() <= 1  # values on an edge may go either way


def test_large_steps_and_texts_survive(tmp_path: Path, accumulator: Any) -> None:
    path = tmp_path / "events.out.tfevents.1.test"
    with event_file.EventFile(path, 5.5) as file:
        file.add(2**40, 1e9 + 0.25, event_file.scalars({"größe": -1.5, "nan": float("nan"), "inf": np.inf}))
    found = read(accumulator, tmp_path)
    assert found.Tags()["scalars"] == ["größe"]
    event = found.Scalars("größe")[0]
    assert (event.step, event.wall_time, event.value) == (2**40, 1e9 + 0.25, -1.5)


# Plots.


def test_plots_are_pictures_drawings_and_numbers(ring: Path, tmp_path: Path) -> None:
    out = write("plots", ring, tmp_path / "plots", smoothing=0)
    for stem in ("losses", "gradient-norms"):
        with Image.open(out / f"{stem}.png") as image:
            assert image.size[0] > 800
            assert len(image.convert("RGB").getcolors(1_000_000) or []) > 20
        root = ET.parse(out / f"{stem}.svg").getroot()  # noqa: S314 - our own file
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    scalars = write("scalars", ring, tmp_path / "scalars.csv")
    assert (out / "losses.csv").read_bytes() == scalars.read_bytes()
    with (out / "gradient-norms.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    batches = Session.open(ring).metrics.gradient_norms()
    assert [int(row["iteration"]) for row in rows] == [batch.iteration for batch in batches]
    for row, batch in zip(rows, batches, strict=True):
        assert float(row["percentile_0"]) == batch.norms.min()
        assert float(row["percentile_50"]) == pytest.approx(np.median(batch.norms))
        assert float(row["percentile_100"]) == batch.norms.max()


def test_smoothing_is_a_weighted_mean_of_the_past() -> None:
    values = np.array([3.0, -1.0, 4.0, 1.0])
    weight = 0.6
    for t, found in enumerate(smoothed(values, weight)):
        shares = weight ** np.arange(t, -1, -1)
        assert found == pytest.approx((shares * values[: t + 1]).sum() / shares.sum(), rel=1e-12)
    assert smoothed(values, 0) is values
