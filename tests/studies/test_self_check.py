"""The self-check passes where all is right, and names what is wrong where it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
from engine.tape import TapeRecorder
from torch import Tensor

from ganstudio.cli.main import main
from ganstudio.engine import trainer as trainer_module
from ganstudio.errors import UserError
from ganstudio.objectives.non_saturating import NonSaturating
from ganstudio.regularizers import interpolates, weight_clipping
from ganstudio.regularizers.gradient_penalty import GradientPenalty
from ganstudio.studies import self_check as module
from ganstudio.studies.self_check import CHECKS, Check, self_check


def wrong() -> set[str]:
    return {check.what.split(":")[0] for check in self_check("cpu").checks if not check.passed}


def test_everything_is_right_here() -> None:
    report = self_check("cpu")
    assert report.passed, report.text()
    assert len(report.checks) == len(CHECKS) >= 15
    assert len({check.what for check in report.checks}) == len(CHECKS)
    assert all(check.source for check in report.checks)
    assert report.device.startswith("CPU")


def test_the_penalty_of_the_squared_norm_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(norms: Tensor, *, target: float, side: str) -> Tensor:
        return (norms.square() - target).square().mean()

    monkeypatch.setattr(GradientPenalty, "penalty", staticmethod(planted))
    assert {"Linear critic", "Linear critic, |w| = 0.5"} <= wrong()
    report = self_check("cpu")
    named = [check.what for check in report.checks if not check.passed]
    assert "Linear critic: penalty lambda (|w| - 1)^2, lambda = 10" in named
    assert "WRONG" in report.text()
    assert "figures are wrong" in report.verdict


def test_the_norm_over_channels_alone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(critic: interpolates.Critic, points: Tensor, *, create_graph: bool) -> Tensor:
        return interpolates.gradients_at(critic, points, create_graph=create_graph).norm(dim=1).flatten()

    monkeypatch.setattr(interpolates, "gradient_norms", planted)
    assert {"Linear critic <w, x>, |w| = 5", "Quadratic critic 1.5 |x|^2 / 2"} <= wrong()


def test_one_eps_for_all_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(like: Tensor, generator: torch.Generator) -> Tensor:
        return torch.rand(1, generator=generator)

    monkeypatch.setattr(interpolates, "draw_eps", planted)
    import ganstudio.regularizers.places as places

    monkeypatch.setattr(places, "draw_eps", planted, raising=False)
    assert "Interpolates" in wrong()


def test_other_faults_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "clip_weights", lambda weights, bound: None)
    monkeypatch.setattr(NonSaturating, "critic_loss", staticmethod(lambda *, real, fake: real.mean() * 0 + 1))
    monkeypatch.setattr(module, "wasserstein1", lambda a, b: 2.4)
    assert wrong() == {"Clipped critic", "Undecided critic", "A set moved by 2.5"}
    assert weight_clipping.clip_weights is not module.clip_weights


def test_what_raises_is_wrong_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(a: object, b: object) -> float:
        raise RuntimeError("no kernel\nimage")

    monkeypatch.setattr(module, "wasserstein1", broken)
    (check,) = [c for c in self_check("cpu").checks if not c.passed]
    assert check.problem == "RuntimeError: no kernel image"
    assert self_check("cpu").as_json()["checks"][CHECKS.index(module.CHECKS[-3])]["found"] is None


def test_nan_never_passes() -> None:
    assert not Check("x", 1.0, float("nan"), 1e9, "y").passed
    assert Check("x", 1.0, 1.05, 0.1, "y").passed
    assert not Check("x", 1.0, 1.2, 0.1, "y").passed


def test_an_unknown_device_is_a_sentence() -> None:
    with pytest.raises(UserError, match="no device 'abacus'"):
        self_check("abacus")


def test_the_command_prints_and_its_status_says_whether_all_is_right(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["self-check", "--device", "cpu", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True
    assert main(["self-check", "--device", "abacus"]) == 2
    monkeypatch.setattr(module, "wasserstein1", lambda a, b: float("nan"))
    assert main(["self-check", "--device", "cpu"]) == 1
    assert "WRONG   A set moved by 2.5" in capsys.readouterr().out


class Idle(TapeRecorder):
    """Its recordings do nothing."""

    def record(self, work: Any, streams: Any) -> Callable[[], None]:
        super().record(work, streams)
        return lambda: None


class Unable(TapeRecorder):
    """Cannot record."""

    def record(self, work: Any, streams: Any) -> Callable[[], None]:
        del work, streams
        raise RuntimeError("operation not permitted when stream is capturing")


@pytest.mark.parametrize(("recorder", "passed"), [(TapeRecorder, True), (Idle, False), (Unable, False)])
def test_captured_steps_are_checked_where_steps_can_be_captured(
    recorder: type[TapeRecorder], passed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "recorder_of", lambda _device: recorder())
    monkeypatch.setattr(trainer_module, "recorder_of", lambda _device: recorder())
    monkeypatch.setattr(trainer_module, "default_threads", lambda: 1)  # all work of a tape is in one thread
    monkeypatch.setattr(module, "CHECKS", ())
    report = self_check("cpu")
    assert [check.what.split(":")[0] for check in report.checks] == [
        "Captured MLPs",
        "Captured convolutions",
    ]
    for check in report.checks:
        assert check.passed == passed
        assert ("operation not permitted" in check.problem) == (recorder is Unable)
