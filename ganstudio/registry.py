"""Named choices whose code is imported only when it is used.

A choice says everything that a form, the command line and the documentation need (name, title, help, source,
traits) without importing torch, so the window opens before torch is loaded. ``load()`` imports the
implementation. Choices are registered by plain calls, never by scanning folders, which breaks in frozen
builds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One named choice; ``target`` names its implementation.

    It is ``"package.module:attribute"``, or ``"package.module"`` where the module itself is the
    implementation, or "" where none is needed.
    """

    name: str
    title: str
    help: str
    target: str = ""
    source: str = ""
    formula: str = ""
    traits: frozenset[str] = frozenset()

    def load(self) -> Any:
        """Import the implementation and return it."""
        module, _, attribute = self.target.partition(":")
        found = import_module(module)
        return getattr(found, attribute) if attribute else found


class Registry(Mapping[str, Choice]):
    """Choices of one kind by name, in the order of their registration."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._choices: dict[str, Choice] = {}

    def register(
        self,
        name: str,
        *,
        title: str,
        help: str,  # noqa: A002 - the word that the form and the documentation use
        target: str = "",
        source: str = "",
        formula: str = "",
        traits: tuple[str, ...] = (),
    ) -> Choice:
        """Add a choice. Raises ValueError where the name is taken."""
        return self.add(Choice(name, title, help, target, source, formula, frozenset(traits)))

    def add(self, choice: Choice) -> Choice:
        """Add a choice that another registry may have too. Raises ValueError where the name is taken."""
        if choice.name in self._choices:
            raise ValueError(f"{self.kind} {choice.name!r} is registered already")
        self._choices[choice.name] = choice
        return choice

    def unregister(self, name: str) -> None:
        """Take a choice back (tests register fakes)."""
        del self._choices[name]

    def with_trait(self, trait: str) -> tuple[str, ...]:
        """Names of the choices that carry ``trait``."""
        return tuple(c.name for c in self._choices.values() if trait in c.traits)

    def __getitem__(self, name: str) -> Choice:
        return self._choices[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)
