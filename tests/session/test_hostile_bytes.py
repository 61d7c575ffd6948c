"""Any bytes, and any values, in any file of a session: one sentence, and the files stay as they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hostile import FILES, JSONS, survives, trains_or_refuses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

mutations = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(b"")),
    st.tuples(st.just("flip"), st.floats(0, 0.999), st.integers(1, 255).map(lambda b: bytes([b]))),
    st.tuples(st.just("put"), st.floats(0, 1), st.binary(min_size=1, max_size=12)),
    st.tuples(st.just("all"), st.just(0.0), st.binary(max_size=60)),
)


def mutate(content: bytes, mutation: tuple[str, float, bytes]) -> bytes:
    kind, where, piece = mutation
    at = int(where * len(content))
    if kind == "cut":
        return content[:at]
    if kind == "flip":
        return content[:at] + bytes([content[at] ^ piece[0]]) + content[at + 1 :]
    return content[:at] + piece + content[at + len(piece) :] if kind == "put" else piece


FUZZ = settings(max_examples=40, deadline=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("images", [False, True])
@given(name=st.sampled_from(FILES), changes=st.lists(mutations, min_size=1, max_size=4), writes=st.booleans())
@FUZZ
def test_any_bytes_in_any_file(
    good: dict[bool, Path],
    tmp_path_factory: pytest.TempPathFactory,
    images: bool,
    name: str,
    changes: list[tuple[str, float, bytes]],
    writes: bool,
) -> None:
    session = Path(shutil.copytree(good[images], tmp_path_factory.mktemp("fuzz") / "run"))
    if not (session / name).exists():
        return
    content = (session / name).read_bytes()
    for change in changes:
        content = mutate(content, change) if content else content
    (session / name).write_bytes(content)
    survives(session)
    if writes:
        trains_or_refuses(session)
    shutil.rmtree(session)


wild = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.integers(10**30, 10**40), st.floats(),
        st.text(max_size=8),
        st.sampled_from(["\x1b[2J", "a\x00b", "/etc/passwd", "../..", "\ud800", "\u202e"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way] + [place for key, part in inside for place in places(part, (*way, key))]


@given(name=st.sampled_from(JSONS), data=st.data(), value=wild, drops=st.booleans())
@FUZZ
def test_any_value_in_any_place_of_the_text_files(
    good: dict[bool, Path],
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    data: st.DataObject,
    value: Any,
    drops: bool,
) -> None:
    session = Path(shutil.copytree(good[False], tmp_path_factory.mktemp("fuzz") / "run"))
    whole = json.loads((session / name).read_text())
    *way, last = data.draw(st.sampled_from([place for place in places(whole) if place]))
    part = whole
    for key in way:
        part = part[key]
    if drops:
        del part[last]
    else:
        part[last] = value
    (session / name).write_text(json.dumps(whole))
    survives(session)
    trains_or_refuses(session)
    shutil.rmtree(session)
