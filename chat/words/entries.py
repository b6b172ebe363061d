"""The entries of a word list: what each of them forbids. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from chat.words.reading import unmarked, words

LONGEST = 60
_MOST_WORDS = 8
# Between two words, and after a letter of which two are as good as one.
GAP = " "
ANY_RUN = "+"


class Treatment(StrEnum):
    """What becomes of a message with such a word. A later one is stricter."""

    HOLD = "hold"
    HIDE = "hide"
    TIME_OUT = "time-out"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The words of an entry in small letters, and whether a word may begin before or go on after them."""

    words: tuple[str, ...]
    open_before: bool = False
    open_after: bool = False

    @property
    def key(self) -> str:
        """What two entries have in common that forbid the same."""
        return f"{'*' * self.open_before}{' '.join(self.words)}{'*' * self.open_after}"

    @property
    def is_marked(self) -> bool:
        """Whether it has letters that can be typed without their marks."""
        return any(unmarked(word) != word for word in self.words)

    def bare(self) -> Pattern:
        """Return it as people type it who leave out the marks."""
        return Pattern(tuple(map(unmarked, self.words)), self.open_before, self.open_after)

    def steps(self) -> Iterator[str]:
        """Return its letters one by one, as steps down a tree: with `ANY_RUN`, doubled, tripled, and gaps.

        Vietnamese has no double letters, English has: "as" is not "ass".
        """
        for number, word in enumerate(self.words):
            if number:
                yield GAP
            for letter, run in groupby(word):
                count = min(len(list(run)), 3)
                yield letter + ANY_RUN if count == 1 and not word.isascii() else letter * count


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, a phrase, or a part of one, and what becomes of messages that have it."""

    pattern: Pattern
    treatment: Treatment
    seconds: int = 0
    also_unmarked: bool = False
    text: str = ""

    def patterns(self) -> Iterator[Pattern]:
        """Return everything that it forbids."""
        yield self.pattern
        if self.also_unmarked and self.pattern.is_marked:
            yield self.pattern.bare()


def strictness(entry: Entry) -> tuple[int, int]:
    """How strict an entry is; the higher one wins."""
    return list(Treatment).index(entry.treatment), entry.seconds


def parse(text: str) -> Pattern | None:
    """Return what an entry forbids, or None when it is too long, or too little to forbid.

    A `*` at its beginning or end stands for more letters of that word; anywhere else it is none.
    """
    text = " ".join(text.split())
    inner = text.strip("*").strip()
    found = tuple(words(inner))
    open_before, open_after = text.startswith("*"), text.endswith("*")
    letters = sum(map(len, found))
    if len(text) > LONGEST or "*" in inner or not 1 <= len(found) <= _MOST_WORDS:
        return None
    if letters < 2 and (open_before or open_after):
        return None  # It would forbid half of all words.
    return Pattern(found, open_before, open_after)
