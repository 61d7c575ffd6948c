"""What comes out of a trained session."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from running import ganstudio, information

from ganstudio.cli.main import main
from ganstudio.session.pictures import read_grid, single_image


def sample(session: Path, *words: object) -> int:
    return main(["sample", str(session), *map(str, words)])


def test_images_as_a_grid_as_numbers_and_one_by_one(digits: Path, tmp_path: Path) -> None:
    out, npz, each = tmp_path / "deep" / "grid.png", tmp_path / "numbers.npz", tmp_path / "each"
    assert sample(digits, "--count", 10, "--seed", 3, "--out", out, "--npz", npz, "--each", each) == 0
    with np.load(npz) as numbers:
        assert numbers.files == ["samples"]
        samples = numbers["samples"]
    assert samples.shape == (10, 1, 8, 8)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1
    assert samples.std(axis=0).max() > 0
    assert np.abs(read_grid(out) - samples).max() <= 0.5 / 127.5 + 1e-6
    pictures = sorted(each.iterdir())
    assert [path.name for path in pictures] == [f"{i:05d}.png" for i in range(10)]
    for path, one in zip(pictures, samples, strict=True):
        with Image.open(path) as image:
            assert image.size == (8, 8)
            assert image.tobytes() == single_image(one).tobytes()


def test_equal_seeds_give_equal_samples(digits: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert sample(digits, "--count", 4, "--seed", seed, "--out", tmp_path / f"{name}.png") == 0
    a, b, c = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_points_as_a_plot_and_as_numbers(ring: Path, tmp_path: Path) -> None:
    assert (
        sample(ring, "--count", 500, "--out", tmp_path / "plot.png", "--npz", tmp_path / "numbers.npz") == 0
    )
    with np.load(tmp_path / "numbers.npz") as numbers:
        assert numbers["samples"].shape == (500, 2)
    with Image.open(tmp_path / "plot.png") as image:
        assert image.size[0] == image.size[1]
        assert len(image.getcolors(100_000) or []) > 2


def test_one_class_and_truncated_latents(trained: Callable[[str], Path], tmp_path: Path) -> None:
    session = trained("digits-conditional")

    def numbers(*words: object) -> NDArray[np.float32]:
        npz = tmp_path / "numbers.npz"
        assert sample(session, "--count", 12, "--out", tmp_path / "a.png", "--npz", npz, *words) == 0
        with np.load(npz) as file:
            found: NDArray[np.float32] = file["samples"]
        return found

    rows, threes, tame = numbers(), numbers("--class", "3"), numbers("--class", "3", "--truncation", 0.02)
    assert not np.array_equal(rows, threes)  # the same latents, other classes
    assert tame.std(axis=0).mean() < 0.2 * threes.std(axis=0).mean()
    assert (
        main(["sample", str(session), "--count", "1", "--out", str(tmp_path / "b.png"), "--class", "x"]) == 2
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--out", "{}/a.jpg"], "must be called something.png"),
        (["--out", "{}"], "must be called something.png"),
        (["--out", "{}/ring/session.json/a.png"], "could not be written"),
        (["--out", "{}/a.png", "--each", "{}/each"], "samples are 2-D points"),
        (["--out", "{}/a.png", "--npz", "{}"], "is a folder"),
        (["--out", "{}/a.png", "--each", "{}/ring"], "is not an empty folder"),
        (["--out", "{}/a.png", "--device", "cuda:99"], "There is no device"),
        (["--out", "{}/a.png", "--class", "3"], "knows no classes"),
        (["--out", "{}/a.png", "--truncation", "0.001"], "must be at least 0.01"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing(
    ring: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert sample(ring, "--count", 5, *(word.format(tmp_path) for word in words)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_session_without_a_state_has_nothing_to_sample_from(
    ring: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ring / "checkpoints" / "00000012").rename(tmp_path / "away")
    assert sample(ring, "--count", 5, "--out", tmp_path / "a.png") == 2
    assert "no checkpoint yet" in capsys.readouterr().err


def test_info_for_people_names_what_matters(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(ring)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for words in (str(ring), "12 (60 critic steps)", "Critic loss", "Wasserstein estimate", "00000012.png"):
        assert words in out
    assert "Total loss" not in out


def test_info_as_json_is_the_sessions_info(ring: Path) -> None:
    result = ganstudio("info", ring, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == information(ring)


def test_info_of_a_damaged_checkpoint_says_so(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ring / "checkpoints" / "00000012" / "state.json").write_text("{")
    assert main(["info", str(ring)]) == 2
    out, err = capsys.readouterr()
    assert "No checkpoint of" in err
    assert (out, err.count("\n")) == ("", 1)


def test_presets_are_listed_in_words_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    from ganstudio.experiment.files import presets

    assert main(["presets"]) == 0
    words = capsys.readouterr().out
    assert main(["presets", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == list(presets())
    for entry in listed:
        assert f"\n{entry['name']} " in f"\n{words}"
        assert entry["experiment"] == presets()[entry["name"]].experiment.model_dump()
        assert entry["iterations"] == presets()[entry["name"]].iterations


@pytest.mark.parametrize("name", ["ring-gan", "folder-dcgan-64", "digits-wgan"])
def test_a_shown_preset_reads_back(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ganstudio.experiment.describe import shown
    from ganstudio.experiment.files import preset, read_experiment

    assert main(["presets", "--show", name]) == 0
    (tmp_path / "shown.toml").write_text(capsys.readouterr().out)
    assert shown(read_experiment(tmp_path / "shown.toml")) == shown(preset(name).experiment)
