"""Progress of work that is not training, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.data.dataset import Progress


@contextmanager
def told() -> Iterator[Progress]:
    """A progress function that draws a bar on stderr while the block lasts; silent where nobody looks on."""
    if not sys.stderr.isatty():
        from ganstudio.data.dataset import silent

        yield silent
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield tell
