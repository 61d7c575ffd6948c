"""A formula with its values, and settings of another time, as text."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan

from ganstudio.experiment.describe import flatten, row, shown
from ganstudio.experiment.formula import Formula, rich
from ganstudio.experiment.model import Experiment
from ganstudio.ui.plots.history import SHORT, value_words

MOST = 4  # settings that are named


def spoken(whole: Formula, values: Mapping[str, float]) -> str:
    """The loss and its terms in a sentence; "" while they are not known."""
    total = values.get(whole.loss, nan)
    known = [(t.text, t.value(values)) for t in whole.terms if isfinite(t.value(values))]
    if not known or not isfinite(total):
        return ""
    return f"{whole.name} = {total:.4g}: {', '.join(f'{text} is {v:.4g}' for text, v in known)}."


def with_terms(whole: Formula, values: Mapping[str, float], colour: str) -> str:
    """A table of two rows: the terms, and the value under each."""
    texts, numbers = [f"{rich(whole.name)} ="], [f"{_number(values.get(whole.loss, nan))} ="]
    for at, term in enumerate(whole.terms):
        sign = "&minus; " if term.sign < 0 else "+ " if at else ""
        texts.append(sign + rich(term.text))
        value = term.value(values)
        numbers.append(sign + (f"({_number(value)})" if value < 0 and sign else _number(value)))
    cells = "".join(f"<td style='padding-right: 8px'>{text}</td>" for text in texts)
    found = "".join(f"<td style='padding-right: 8px; color: {colour}'><b>{n}</b></td>" for n in numbers)
    return f"<table><tr>{cells}</tr><tr>{found}</tr></table>"


def then_and_now(iteration: int, then: Experiment | None, now: Experiment) -> str:
    """Which settings an iteration was taken with, where they were others than now."""
    if then is None:
        return f"The session does not tell the settings of iteration {iteration:,}; these are those of now."
    old, new = flatten(then), flatten(now)
    matter = shown(then).keys() | shown(now).keys()
    others = [path for path in new if path in matter and old[path] != new[path]]
    if not others:
        return f"Settings of iteration {iteration:,}: the same as now."
    words = [
        f"{SHORT.get(p) or row(p).info.title.lower()} {value_words(p, old[p])} (now {value_words(p, new[p])})"
        for p in others[:MOST]
    ]
    more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
    return f"Settings of iteration {iteration:,}: {', '.join(words)}{more}."


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−") if isfinite(value) else "–"
