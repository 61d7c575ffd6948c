"""The whole session as one file."""

from __future__ import annotations

from pathlib import Path

from ganstudio.data.dataset import Progress
from ganstudio.exporting.kinds import NoOptions
from ganstudio.exporting.source import Source
from ganstudio.session.archive import export_zip

Options = NoOptions


def export(source: Source, out: Path, _options: NoOptions, progress: Progress) -> int:
    """Pack it."""
    export_zip(source.session, out, progress)
    return max(source.session.checkpoints(), default=0)
