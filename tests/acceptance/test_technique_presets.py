"""What the presets of single techniques promise, kept by real training."""

import math

import numpy as np
import pytest

from ganstudio.engine.events import GradientNorms, Metrics
from ganstudio.engine.sampling import sample
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.metrics.digit_quality import digit_quality


@pytest.mark.slow
def test_digits_r1_comes_to_rest_with_a_flat_critic() -> None:
    # Half of the preset's iterations; about 20 s on one core.
    trainer = Trainer(preset("digits-r1").experiment, device="cpu", threads=1)
    events = list(trainer.run(2000))
    quality = digit_quality(sample(trainer.snapshot(), count=1000, seed=1))
    assert quality.nearest_ratio < 1.25
    assert quality.classes_present() == 10
    assert quality.diversity_ratio > 0.7
    norms = [e for e in events if isinstance(e, GradientNorms)]
    assert {(e.target, e.place) for e in norms} == {(0.0, "real")}
    assert np.concatenate([e.norms for e in norms[-20:]]).mean() < 0.1
    critic = np.concatenate([e.values["critic_loss"] for e in events if isinstance(e, Metrics)])
    assert abs(critic[-200:].mean() - 2 * math.log(2)) < 0.05


@pytest.mark.slow
def test_digits_improved_gan_gives_varied_digits() -> None:
    # Half of the preset's iterations; about 15 s on one core.
    trainer = Trainer(preset("digits-improved-gan").experiment, device="cpu", threads=1)
    list(trainer.run(2000))
    quality = digit_quality(sample(trainer.snapshot(), count=1000, seed=1))
    assert quality.nearest_ratio < 1.3
    assert quality.classes_present() == 10
    assert 0.85 < quality.diversity_ratio < 1.15
