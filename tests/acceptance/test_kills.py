"""Training that is killed at random moments loses nothing: a short run of the tool that does it for long."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tools import kill_loop


def test_killed_training_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    tally = kill_loop.run(4, tmp_path, seed, iterations=60)
    assert tally.kills == 4, f"seed {seed}"
    assert tally.sessions


def test_the_tool_sees_a_loss_that_differs(tmp_path: Path) -> None:
    import shutil
    import sqlite3
    from contextlib import closing

    whole, other = tmp_path / "whole", tmp_path / "other"
    assert kill_loop._command(whole, 4).wait() == 0
    shutil.copytree(whole, other)
    kill_loop._compare(other, whole, ended=True)
    with closing(sqlite3.connect(other / "metrics.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE scalars SET critic_loss = critic_loss * (1 + 1e-15) WHERE iteration = 3")
    with pytest.raises(kill_loop.LostError, match="critic_loss differs"):
        kill_loop._compare(other, whole)
