"""Finding any of hundreds of words in a message, in one pass. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from chat.words.entries import ANY_RUN, GAP, Entry, strictness
from chat.words.reading import BREAKS, HELD, JOINT, meanings, plain, read

# Where an entry ends: at a word's end, or wherever.
_END, _OPEN_END = ".", "*"
_EDGES = frozenset(f" {JOINT}{BREAKS}")
_WORD_STARTS = re.compile(f"(?<=[ {JOINT}{BREAKS}])[^ {JOINT}]")
_LETTERS = re.compile(f"[^ {JOINT}]")

Node = dict[str, Any]


class Matcher:
    """The entries of a list as a tree of letters: how many there are makes next to no difference."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        # Those that begin where a word does, and those that may begin within one.
        self._starting: Node = {}
        self._anywhere: Node = {}
        for entry in sorted(entries, key=strictness, reverse=True):
            for pattern in entry.patterns():
                node = self._anywhere if pattern.open_before else self._starting
                for step in pattern.steps():
                    node = node.setdefault(step, {})
                node.setdefault(_OPEN_END if pattern.open_after else _END, entry)

    def __bool__(self) -> bool:
        return bool(self._starting or self._anywhere)

    def find(self, text: str) -> Entry | None:
        """Return the strictest entry that `text` has, or None."""
        return self.find_in(read(text)) if self else None

    def find_in(self, reading: str) -> Entry | None:
        """Return the strictest entry in what `read` made of a text, or None."""
        return max(self._matches(reading), key=strictness, default=None)

    def _matches(self, reading: str) -> Iterator[Entry]:
        for starts, root in ((_WORD_STARTS, self._starting), (_LETTERS, self._anywhere)):
            if root:
                for start in starts.finditer(reading):
                    ways = _steps(root, reading, start.start())
                    if ways:
                        yield from _walk(ways, reading)


def _walk(ways: list[tuple[Node, int]], reading: str) -> Iterator[Entry]:
    """Return every entry that begins in one of these ways."""
    while ways:
        node, place = ways.pop()
        letter = reading[place]
        if _OPEN_END in node:
            yield node[_OPEN_END]
        if letter in _EDGES:
            if _END in node:
                yield node[_END]
            if GAP in node and letter not in BREAKS:
                ways += _steps(node[GAP], reading, place + 1)
            if letter == JOINT:
                place += 1
        elif GAP in node:
            ways += _steps(node[GAP], reading, place)  # Two words are written as one, too.
        ways += _steps(node, reading, place)


def _steps(node: Node, reading: str, place: int) -> list[tuple[Node, int]]:
    """Return where the letter at this place leads: each way to read it, and the place after it."""
    letter = reading[place : place + 1]
    if not letter.strip():
        return []
    meant = meanings(letter)
    if meant is None:
        return _steps_by(letter, node, reading, place)
    # A digit may be any of the vowels that look like it, whatever their marks: đ1t.
    letters = {step[0] for step in node if plain(step[0]) in meant}
    return [way for one in letters for way in _steps_by(one, node, reading, place)]


def _steps_by(letter: str, node: Node, reading: str, place: int) -> list[tuple[Node, int]]:
    """Return the same, this letter being what is meant there.

    Held down it stands for one or two of it; two of it stand for one in a marked word.
    """
    following = reading[place + 1]
    is_held, is_double = following == HELD, following == reading[place]
    after = place + 1 + is_held
    ways: list[tuple[Node, int]] = []
    if letter in node:
        ways.append((node[letter], after))
    if letter + ANY_RUN in node:
        ways.append((node[letter + ANY_RUN], after + is_double))
    if is_held or is_double or following == JOINT:
        ways += _doubled(letter, node, reading, place)
    return ways


def _doubled(letter: str, node: Node, reading: str, place: int) -> list[tuple[Node, int]]:
    following = reading[place + 1]
    if letter * 3 in node and following == HELD:
        return [(node[letter * 3], place + 2)]
    if letter * 2 not in node:
        return []
    if following != JOINT:
        return [(node[letter * 2], place + 2)]
    if reading[place + 2] != reading[place]:
        return []
    return [(node[letter * 2], place + 3 + (reading[place + 3] == HELD))]
