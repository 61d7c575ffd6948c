"""Formulas, which are declared in plain letters, as people read them."""

from __future__ import annotations

import re
from html import escape

HAT = "<b>x̂</b>"  # many a regular font lacks the hat over x; bold is how vectors are written
_SIGNS = {
    "||": "‖",
    "grad ": "∇",
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
    text = formula if formula[:2] != "- " else f"−{formula[1:]}"
    for plain, sign in _SIGNS.items():
        text = text.replace(plain, sign)
    text = _INDEX.sub(r"<sub>\1</sub>", escape(text, quote=False))
    return text.replace("x^", HAT)
