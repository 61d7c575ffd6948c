"""The promises of the first minute, kept by real training of the presets as they are."""

import numpy as np
import pytest

from ganstudio.engine.events import GradientNorms
from ganstudio.engine.sampling import sample
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.metrics.coverage import mode_coverage
from ganstudio.metrics.digit_quality import digit_quality


@pytest.mark.slow
def test_digits_wgan_gp_gives_recognisable_digits() -> None:
    # Half of the preset's iterations; on one core of a slow machine they take about half a minute.
    trainer = Trainer(preset("digits-wgan-gp").experiment, device="cpu", threads=1)
    norms = [e.norms for e in trainer.run(1200) if isinstance(e, GradientNorms)]
    quality = digit_quality(sample(trainer.snapshot(), count=1000, seed=1))
    assert quality.nearest_ratio < 1.2
    assert quality.classes_present() == 10
    assert 0.9 < quality.diversity_ratio < 1.1
    late = np.concatenate(norms[-50:])
    assert 0.85 < late.mean() < 1.15  # the histogram has settled at the target


@pytest.mark.slow
def test_ring_wgan_gp_covers_all_modes() -> None:
    trainer = Trainer(preset("ring-wgan-gp").experiment, device="cpu", threads=1)
    list(trainer.run(500))
    modes = trainer.dataset.modes
    assert modes is not None
    coverage = mode_coverage(sample(trainer.snapshot(), count=2000, seed=1), modes.centres, modes.std)
    assert coverage.covered == 8
    assert coverage.good_share > 0.7


@pytest.mark.slow
def test_digits_conditional_gives_the_digit_that_is_asked_for() -> None:
    # A third of the preset's iterations.
    trainer = Trainer(preset("digits-conditional").experiment, device="cpu", threads=1)
    list(trainer.run(500))
    snapshot = trainer.snapshot()
    for digit in range(10):
        quality = digit_quality(sample(snapshot, count=200, seed=digit, label=str(digit)))
        assert quality.class_shares[digit] > 0.85
        assert quality.nearest_ratio < 1.3
    # The classes come in turn, so all samples together are as varied as the digits.
    assert 0.9 < digit_quality(sample(snapshot, count=1000, seed=1)).diversity_ratio < 1.1
