"""Each detector against made events: its sign raises it, health does not, and it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from ganstudio.data.dataset import Modes
from ganstudio.diagnosis import DETECTORS
from ganstudio.diagnosis.detector import Detector, Reading
from ganstudio.diagnosis.diagnosis import Diagnosis
from ganstudio.diagnosis.findings import Diagnosed, Finding, from_json, to_json
from ganstudio.engine.events import (
    NON_FINITE,
    Edited,
    Event,
    GradientNorms,
    Measured,
    Metrics,
    Samples,
    Started,
    Trouble,
)
from ganstudio.experiment.files import preset, presets
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.registry import Choice

RNG = np.random.default_rng(4)
ANGLES = np.arange(8) * np.pi / 4
MODES = Modes(np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1), 0.05)


def ring(**values: object) -> Experiment:
    return with_values(
        preset("ring-wgan-gp").experiment, {k.replace("__", "."): v for k, v in values.items()}
    )


def started(experiment: Experiment) -> Started:
    real = MODES.centres[RNG.integers(0, 8, 400)] + RNG.normal(0, 0.05, (400, 2))
    return Started(0, 1000, "cpu", "CPU", (2,), 500, 10_000, 10, real.astype(np.float32), MODES, ())


def metrics(last: int, count: int = 30, **values: float) -> Metrics:
    iterations = np.arange(last - count + 1, last + 1)
    return Metrics(
        last, iterations, iterations * 0.1, {n: np.full(count, value) for n, value in values.items()}
    )


def norms(iteration: int, level: float, target: float | None = 1.0) -> GradientNorms:
    return GradientNorms(iteration, np.full(16, level, np.float32), target)


def samples(iteration: int, modes: int) -> Samples:
    points = MODES.centres[RNG.integers(0, modes, 400)] + RNG.normal(0, 0.05, (400, 2))
    return Samples(iteration, points.astype(np.float32))


def weights(iteration: int, stuck: float) -> Measured:
    arrays = {"stuck": np.array([0.1, stuck], np.float32), "counts": np.array([[1, 0], [50, 49]])}
    return Measured(iteration, "weights", arrays)


def said(experiment: Experiment, events: list[Event]) -> list[tuple[str, int, bool]]:
    diagnosis = Diagnosis(experiment)
    found = [d for event in (started(experiment), *events) for d in diagnosis.handle(event)]
    return [(d.finding.kind, d.iteration, d.resolved) for d in found]


def test_losses_beyond_what_a_critic_of_slope_1_can_reach_are_divergence_and_their_return_resolves_it() -> (
    None
):
    limit = 10 * 2 * np.sqrt(2)  # ten diameters of the plane's square

    def losses(at: int, value: float) -> Metrics:
        return metrics(at, critic_loss=value, generator_loss=1e9)  # the zero of the scores may drift

    assert said(ring(), [losses(30, -0.99 * limit)]) == []
    assert said(ring(), [losses(30, -1.01 * limit), losses(60, 0.2 * limit), losses(90, 0.09 * limit)]) == [
        ("divergence", 30, False), ("divergence", 90, True),
    ]  # fmt: skip


def test_losses_that_grow_by_orders_of_magnitude_are_a_warning_before_the_limit() -> None:
    gan = preset("ring-gan").experiment
    steps = [1.0, 3.0, 9.0, 27.0, 81.0]  # the limit is 100
    events: list[Event] = [
        metrics(20 * (i + 1), 20, critic_loss=v, generator_loss=1.0) for i, v in enumerate(steps)
    ]
    assert said(gan, events) == [("divergence", 100, False)]
    assert said(gan, [metrics(20 * (i + 1), 20, critic_loss=2.0, generator_loss=9.0) for i in range(9)]) == []


def test_a_loss_that_is_no_number_is_divergence_and_a_machine_fault_is_not() -> None:
    bad = Trouble(77, f"At iteration 77 a loss {NON_FINITE}; try a smaller learning rate.")
    assert said(ring(), [bad]) == [("divergence", 77, False)]
    assert said(ring(), [Trouble(77, "The device has no memory left.")]) == []


def test_a_gradient_below_what_optimisers_resolve_has_vanished() -> None:
    gone = metrics(30, generator_gradient_norm=0.9e-8 * 100)  # over the root of 10,000 weights
    back = metrics(60, generator_gradient_norm=1e-3)
    assert said(ring(), [gone, back]) == [("vanishing-gradient", 30, False), ("vanishing-gradient", 60, True)]
    assert said(ring(), [back]) == []


def test_a_gradient_that_fell_ten_thousand_times_has_vanished() -> None:
    events: list[Event] = [
        metrics(30, generator_gradient_norm=2.0),
        metrics(60, generator_gradient_norm=3e-4),
        metrics(90, generator_gradient_norm=1.9e-4),
    ]
    assert said(ring(), events) == [("vanishing-gradient", 90, False)]


def test_only_a_saturating_loss_vanishes_with_a_sure_critic() -> None:
    gan = with_values(preset("ring-gan").experiment, {"objective.kind": "minimax"})
    sure = metrics(30, critic_loss=0.02, generator_loss=-0.019)
    assert said(gan, [sure]) == [("vanishing-gradient", 30, False)]
    assert said(preset("ring-gan").experiment, [metrics(30, critic_loss=0.02, generator_loss=0.019)]) == []


def test_norms_off_their_target_for_five_batches_are_far_from_lipschitz() -> None:
    steep: list[Event] = [norms(10 * i, 5.1) for i in range(1, 6)]
    assert said(ring(), steep[:4]) == []
    assert said(ring(), [*steep, *(norms(50 + 10 * i, 2.9) for i in range(1, 6))]) == [
        ("not-lipschitz", 50, False), ("not-lipschitz", 80, True),
    ]  # fmt: skip
    flat: list[Event] = [norms(10 * i, 0.04) for i in range(1, 6)]
    assert said(ring(), flat) == [("not-lipschitz", 50, False)]
    assert said(ring(lipschitz__side="one-sided"), flat) == []
    assert said(ring(), [norms(10 * i, 1000.0) if i == 3 else norms(10 * i, 1.0) for i in range(1, 9)]) == []


def test_clipping_aims_at_no_slope_but_gradients_may_not_explode() -> None:
    clipped = preset("ring-wgan").experiment
    assert said(clipped, [norms(10 * i, 60, None) for i in range(1, 9)]) == []
    assert said(clipped, [norms(10 * i, 201, None) for i in range(1, 9)]) == [("not-lipschitz", 50, False)]
    classic: list[Event] = [norms(10 * i, 201, None) for i in range(1, 9)]
    assert said(preset("ring-gan").experiment, classic) == []


def test_stuck_weights_need_two_measurements_weighed_by_the_size_of_the_layers() -> None:
    clipped = preset("ring-wgan").experiment
    assert said(clipped, [weights(100, 0.8)]) == []
    assert said(clipped, [weights(100, 0.8), weights(200, 0.8)]) == []  # 79.3 % of all
    assert said(clipped, [weights(100, 0.82), weights(200, 0.82)]) == [("stuck-weights", 200, False)]


def test_samples_on_few_modes_are_collapse_after_the_warm_up() -> None:
    early: list[Event] = [samples(50 * i, 1) for i in range(6)]
    late: list[Event] = [samples(300 + 50 * i, 4) for i in range(4)]
    back: list[Event] = [samples(500 + 50 * i, 8) for i in range(4)]
    assert said(ring(), [*early, *late, *back]) == [
        ("mode-collapse", 450, False),
        ("mode-collapse", 650, True),
    ]
    assert said(ring(), [samples(300 + 50 * i, 7) for i in range(9)]) == []


def test_images_that_are_too_alike_are_collapse() -> None:
    digits = preset("digits-wgan-gp").experiment
    diagnosis = Diagnosis(digits)
    real = RNG.normal(size=(64, 1, 8, 8)).astype(np.float32)
    begun = Started(0, 1000, "cpu", "CPU", (1, 8, 8), 500, 10, 10, real, None, ())
    found = diagnosis.handle(begun)
    for i in range(6):
        found += diagnosis.handle(Samples(400 + i, 0.4 * real))
    assert [(d.finding.kind, d.iteration) for d in found] == [("mode-collapse", 403)]
    assert "40 % as much as real ones" in found[0].finding.evidence


def test_a_critic_that_fails_on_data_it_never_saw_is_over_trained() -> None:
    def losses(at: int, held_out: float) -> Metrics:
        return metrics(at, 1, negative_critic_loss_training=2.0, negative_critic_loss_held_out=held_out)

    assert said(ring(), [losses(100 * i, 0.25) for i in range(1, 6)]) == []  # a gap of 0.875 of the gain
    assert said(ring(), [losses(100 * i, 0.15) for i in range(1, 3)]) == []
    back = [losses(900 + i, 1.9) for i in range(3)]
    assert said(ring(), [*(losses(100 * i, 0.15) for i in range(1, 4)), *back]) == [
        ("over-trained-critic", 300, False), ("over-trained-critic", 901, True),
    ]  # fmt: skip


def test_near_equilibrium_the_gap_is_noise() -> None:
    def losses(at: int, training: float, held_out: float) -> Metrics:
        return metrics(at, 1, negative_critic_loss_training=training, negative_critic_loss_held_out=held_out)

    noise = [losses(1000 + i, 0.02, -0.02) for i in range(5)]
    assert said(ring(), [losses(100, 0.3, 0.3), losses(200, 0.3, 0.3), losses(300, 0.3, 0.3), *noise]) == []
    fair = -2 * np.log(2)
    even = [losses(100 * i, fair + 0.002, fair - 0.002) for i in range(1, 9)]
    assert said(preset("ring-gan").experiment, even) == []


def test_an_edit_begins_the_patience_anew_and_remedies_know_it() -> None:
    clipped = preset("ring-wgan").experiment
    edit = Edited(150, "lipschitz.clip", clipped.lipschitz.clip, 0.5)
    diagnosis = Diagnosis(clipped)
    for event in (started(clipped), weights(100, 0.9), edit, weights(200, 0.9)):
        assert diagnosis.handle(event) == []
    (found,) = diagnosis.handle(weights(300, 0.9))
    assert "-0.5 or 0.5" in found.finding.evidence
    assert found.finding.remedies[0].values == (("lipschitz.clip", 1.0),)


def test_a_finding_of_before_is_not_said_again_but_resolved() -> None:
    known = Finding("vanishing-gradient", 10, "s", "e", "m")
    diagnosis = Diagnosis(ring(), [known])
    assert diagnosis.handle(started(ring())) == []
    assert diagnosis.handle(metrics(30, generator_gradient_norm=0.0)) == []
    assert diagnosis.handle(metrics(90, generator_gradient_norm=1.0)) == [Diagnosed(90, known, resolved=True)]


def test_a_fork_that_changed_what_a_finding_was_about_resolves_it() -> None:
    known = Finding("stuck-weights", 10, "s", "e", "m")
    assert Diagnosis(ring(), [known]).handle(started(ring())) == [Diagnosed(0, known, resolved=True)]
    clipped = preset("ring-wgan").experiment
    assert Diagnosis(clipped, [known]).handle(started(clipped)) == []


class Never(Detector):
    """A detector of a test."""

    meaning = "Nothing."

    def read(self, event: Event) -> Reading | None:
        return Reading(event.iteration, "ill", "Seen.", "By looking.")

    def remedies(self) -> list:  # type: ignore[type-arg]
        return []


@pytest.fixture
def added() -> Iterator[Choice]:
    yield DETECTORS.register("never", title="Never", help="For a test.", target=f"{__name__}:Never")
    DETECTORS.unregister("never")


def test_a_new_detector_needs_only_its_registration(added: Choice) -> None:
    found = Diagnosis(ring()).handle(norms(7, 1.0))
    assert [(d.finding.kind, d.finding.sentence) for d in found] == [(added.name, "Seen.")]


@pytest.mark.parametrize("name", presets())
def test_every_remedy_can_be_applied_to_its_preset_and_changes_it(name: str) -> None:
    experiment = preset(name).experiment
    for kind, choice in DETECTORS.items():
        if kind == "stuck-weights" and experiment.lipschitz.kind != "weight-clipping":
            continue
        remedies = choice.load()(experiment).remedies()
        assert remedies, f"{kind} has no remedy for {name}"
        for remedy in remedies:
            assert with_values(experiment, dict(remedy.values)) != experiment
            assert remedy.live != remedy.label.endswith("(on a fork)")


def test_a_finding_goes_through_json() -> None:
    diagnosis = Diagnosis(ring(lipschitz__weight=1e-4))
    (said,) = [d for i in range(1, 6) for d in diagnosis.handle(norms(10 * i, 9.0))]
    assert from_json(50, to_json(said)) == said
    assert said.words.startswith(
        "Iteration 50: The critic is far from Lipschitz: it is too steep. The gradient norm"
    )
    assert said.words.endswith("What may help: raise lambda to 10 or lower the critic's rate to 0.0001.")
