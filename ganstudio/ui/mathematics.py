"""Formulas, which are declared in plain letters, as people read them."""

from __future__ import annotations

import re
from html import escape

_SIGNS = {
    "||": "‖",
    "grad ": "∇",
    "x^": "x̂",
    "^2": "²",
    "<-": "←",
    " - ": " − ",
    "lambda": "λ",
    "gamma": "γ",
    "eps": "ε",
}
_INDEX = re.compile(r"_(\w)\b")


def rich(formula: str) -> str:
    """Return a formula as rich text, with the signs and indices of mathematics."""
    text = formula if formula[:2] not in {"- "} else f"−{formula[1:]}"
    for plain, sign in _SIGNS.items():
        text = text.replace(plain, sign)
    return _INDEX.sub(r"<sub>\1</sub>", escape(text, quote=False))
