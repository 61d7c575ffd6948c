"""Which checkpoints stay: a pure function of what there is and what is wanted."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping


def kept(
    iterations: Collection[int],
    *,
    newest: int,
    every: int = 0,
    pinned: Collection[int] = (),
    best: int | None = None,
) -> set[int]:
    """The checkpoints, of those at ``iterations``, that are to stay.

    The newest so many (at least one), the first at or after each multiple of ``every`` iterations (0: none
    of them), the pinned ones, and the best. To prune again and again keeps what pruning once would have kept.
    """
    ordered = sorted(iterations)
    stay = set(ordered[-max(1, newest) :])
    if every:
        firsts: dict[int, int] = {}
        for iteration in ordered:
            firsts.setdefault(iteration // every, iteration)
        stay.update(first for block, first in firsts.items() if block)
    wanted = {*pinned} if best is None else {*pinned, best}
    return stay | (wanted & {*ordered})


def best_of(figures: Mapping[int, float | None], *, higher_is_better: bool) -> int | None:
    """The iteration with the best finite figure, of several equal ones the last; None where none has one."""
    sign = 1 if higher_is_better else -1
    finite = {at: value for at, value in figures.items() if value is not None and math.isfinite(value)}
    return max(finite, key=lambda at: (sign * finite[at], at), default=None)
