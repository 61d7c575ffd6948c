"""How fast training may go: at full speed, or so slowly that a person can follow each stage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """One choice; ``seconds`` is the wait at each stage of a step, None at full speed."""

    name: str
    title: str
    shortcut: str
    tip: str
    seconds: float | None


SPEEDS = {
    speed.name: speed
    for speed in (
        Speed("full_speed", "Full speed", "F9", "Train as fast as the machine can", None),
        Speed("stages_10", "10 stages/s", "Shift+F9", "Slow motion: ten stages a second", 0.1),
        Speed("stages_3", "3 stages/s", "Ctrl+F9", "Slow motion: three stages a second", 1 / 3),
        Speed("stages_1", "1 stage/s", "Alt+F9", "Slow motion: one stage a second", 1.0),
        Speed("stages_slow", "1 stage in 3 s", "Ctrl+Shift+F9", "Slow motion: three seconds a stage", 3.0),
    )
}
