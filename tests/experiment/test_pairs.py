"""Ready-made pairs: the same start, and differences only where the lesson says so."""

import numpy as np
import pytest

from ganstudio.engine.events import Samples, Started
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.describe import flatten
from ganstudio.experiment.files import preset
from ganstudio.experiment.pairs import differing, pairs, same_start
from ganstudio.experiment.parse import with_values


@pytest.mark.parametrize("name", pairs())
def test_a_pair_differs_only_where_it_says(name: str) -> None:
    pair = pairs()[name]
    left, right = flatten(pair.left), flatten(pair.right)
    other = {path for path in left if left[path] != right[path]}
    assert {path.partition(".")[0] for path in other} - {"name"} == set(pair.differ)
    assert same_start(pair.left, pair.right)
    assert set(differing(pair.left, pair.right)) >= {"lipschitz.kind"}


def test_both_begin_with_the_same_samples_of_the_same_latents() -> None:
    pair = pairs()["clipping-against-penalty"]
    tiny = {"data.points": 300, "schedule.batch_size": 16, "probes.point_count": 40}
    trainers = [Trainer(with_values(e, tiny), device="cpu", threads=1) for e in (pair.left, pair.right)]
    assert np.array_equal(*(t.observer.fixed_latents.numpy() for t in trainers))
    first = [list(zip(t.run(1), range(2), strict=False)) for t in trainers]
    for place, kind in enumerate((Started, Samples)):
        events = [found[place][0] for found in first]
        assert all(isinstance(event, kind) for event in events)
    started, samples = zip(*[[event for event, _ in found] for found in first], strict=True)
    assert np.array_equal(started[0].real, started[1].real)
    assert np.array_equal(samples[0].generated, samples[1].generated)


def test_other_seeds_are_no_same_start() -> None:
    one = preset("ring-wgan-gp").experiment
    assert same_start(one, with_values(one, {"lipschitz.weight": 3.0}))
    assert not same_start(one, with_values(one, {"seed": 5}))
    assert differing(one, with_values(one, {"seed": 5, "probes.samples_every": 7})) == {"seed": (0, 5)}
