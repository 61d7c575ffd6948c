"""States of training: what does not fit its experiment is refused in one sentence."""

from __future__ import annotations

import numpy as np
from engine.helpers import tiny

from ganstudio.engine.events import Snapshot
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import UserError


def test_states_whose_tensors_do_not_fit_are_one_sentence() -> None:
    whole = Trainer(tiny(), device="cpu", threads=1)
    list(whole.run(1))
    state = whole.snapshot()
    refused = 0
    for file, arrays in state.tensors.items():
        for name, array in arrays.items():
            rest = {other: value for other, value in arrays.items() if other != name}
            bad = array[:0] if array.ndim else np.zeros(3)
            for changed in (rest, {**rest, name: bad}, {**rest, name: np.zeros((2, 3, 5), np.float32)}):
                refused += not fits(Snapshot(1, {**state.tensors, file: changed}, state.numbers))
    assert refused > 50


def test_moments_of_another_kind_of_optimiser_are_one_sentence() -> None:
    trainer = Trainer(tiny(), device="cpu", threads=1)
    list(trainer.run(1))
    state = trainer.snapshot()
    for known, forged in (("exp_avg", "square_avg"), ("exp_avg_sq", "exp_avg")):
        file = {
            name.replace(f"/{known}", f"/{forged}"): array
            for name, array in state.tensors["critic_optimizer"].items()
            if not name.endswith(f"/{forged}")
        }
        assert not fits(Snapshot(1, {**state.tensors, "critic_optimizer": file}, state.numbers))


def fits(snapshot: Snapshot) -> bool:
    """Whether training can go on from a state; where not, one sentence says why."""
    refusal = ""
    try:
        trainer = Trainer(tiny(), device="cpu", threads=1, snapshot=snapshot)
        list(trainer.advance())
    except UserError as error:
        refusal = str(error)
    assert not refusal or (refusal.endswith(".") and "\n" not in refusal)
    return not refusal
