"""What the data set browser has found out so far, and what of it each view shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ganstudio.data.duplicates import Duplicates
from ganstudio.data.pixels import from_pixels
from ganstudio.engine.events import Samples
from ganstudio.ui.dataset.looking import Floats, Look
from ganstudio.ui.dataset.words import words
from ganstudio.ui.exports import Table

PAGE = 48


@dataclass
class Known:
    """Each is None until it was looked for."""

    look: Look | None = None
    duplicates: Duplicates | None = None
    generated: Samples | None = None
    pairs: tuple[int, Floats] | None = None  # samples with their neighbours, of an iteration

    def summary(self) -> str:
        """Say what there is; "" while nothing is known."""
        found = self.look
        if found is None:
            return ""
        shape = " x ".join(map(str, found.dataset.sample_shape))
        what = "images" if found.dataset.is_images else "points"
        part = f", {len(found.dataset):,} of them looked at" if found.is_preview else ""
        kinds = f", {len(found.counts):,} classes" if found.counts else ""
        left = f", {len(found.skipped):,} left out" if found.skipped else ""
        return f"{found.total:,} {what} of {shape}{part}{kinds}{left}."

    def table(self) -> Table:
        """The classes with their counts, and what was left out with the reasons."""
        found = self.look
        counts, skipped = (found.counts, found.skipped) if found else ((), ())
        return [
            ("class", [name for name, _ in counts]),
            ("samples", [count for _, count in counts]),
            ("left_out", [name for name, _ in skipped]),
            ("reason", [reason for _, reason in skipped]),
        ]

    def facts(self, view: str) -> str:
        """The facts of the look, with what a view needs to be understood."""
        if self.look is None:
            return ""
        compared = self.pairs[0] if self.pairs else None
        can_compare = self.generated is not None
        return words(self.summary(), self.look, view, self.duplicates, compared, can_compare=can_compare)

    def numbers(self, view: str, kind: int | None) -> list[int]:
        """The samples of a view in their order, of one class or of all (None)."""
        if view == "duplicates":
            groups = (*self.duplicates.exact, *self.duplicates.near) if self.duplicates else ()
            return [number for group in groups for number in group]
        if self.look is None:
            return []
        labels = self.look.dataset.labels
        if kind is None or labels is None:
            return list(range(len(self.look.dataset)))
        return [int(k) for k in np.flatnonzero(labels == kind)]

    def pictured(self, found: Look, view: str, kind: int | None, page: int) -> Floats:
        """The images that a page of a view shows, NCHW; none while they are looked for."""
        none = np.empty((0, *found.mean.shape), np.float32)
        if view == "mean":
            return found.mean[None]
        if view == "neighbours":
            return none if self.pairs is None else self.pairs[1]
        if view == "seen":
            return none if found.seen is None else found.seen
        shown = self.numbers(view, kind)[page * PAGE : (page + 1) * PAGE]
        rows = [found.dataset.part(k, k + 1)[0] for k in shown]
        if not rows:
            return np.empty((0, *found.dataset.sample_shape), np.float32)
        return from_pixels(np.stack(rows))
