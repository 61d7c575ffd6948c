"""What a figure of quality was computed from, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganstudio.engine.events import ON_REQUEST

HIDDEN = ("spread", ON_REQUEST)  # the first stands beside the value
CHECKSUM = 64  # characters of a SHA-256, of which the first ones are shown


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """For example "samples: 500; reference: training data"."""
    return "; ".join(f"{_spaced(n)}: {_fact(known)}" for n, known in facts.items() if n not in HIDDEN)


def _fact(known: object) -> str:
    if isinstance(known, dict):
        return f"({', '.join(f'{_spaced(n)} {_fact(value)}' for n, value in known.items())})"
    if isinstance(known, list):
        return ", ".join(map(_fact, known))
    if isinstance(known, bool):
        return "yes" if known else "no"
    if isinstance(known, str) and len(known) == CHECKSUM:
        return f"{known[:12]}…"
    return f"{known:,}" if isinstance(known, int) else str(known)


def _spaced(name: str) -> str:
    return name.replace("_", " ")
