"""Undo and redo of edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QUndoCommand

Values = Mapping[str, object]


class EditCommand(QUndoCommand):
    """Change some settings at once. ``put`` shows and keeps the values that it is given."""

    def __init__(
        self, words: str, old: Values, new: Values, put: Callable[[Values], None], *, merges: bool = False
    ) -> None:
        super().__init__(words)
        self.old = dict(old)
        self.new = dict(new)
        self.merges = merges
        self._put = put

    def redo(self) -> None:
        """Qt asks for it: make the change."""
        self._put(self.new)

    def undo(self) -> None:
        """Qt asks for it: take the change back."""
        self._put(self.old)

    def id(self) -> int:
        """Qt asks for it: commands of one kind may merge."""
        return 1 if self.merges else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Qt asks for it: steps of the same setting in a row (arrow keys) become one."""
        if not isinstance(other, EditCommand) or set(other.new) != set(self.new):
            return False
        self.new = other.new
        return True
