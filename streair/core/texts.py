"""Text that people write: cleaned before it is stored, folded before it is searched. Pure."""

from __future__ import annotations

import re
import unicodedata

# They turn the direction of whatever follows, up to the end of the page (Unicode, annex 9).
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ZERO_WIDTH = re.compile("([\u200b-\u200d\u2060\ufeff])[\u200b-\u200d\u2060\ufeff]+")
_MARKS = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
# No language stacks more than four on one letter.
_STACKED = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
_GAPS = re.compile(r"[\s_-]+")
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")

TAG_LENGTH = 30


def has_controls(text: str) -> bool:
    """Whether something in `text` is no character to read: a control, or half of a pair (surrogate)."""
    return any(map(_is_control, text))


def without_controls(text: str) -> str:
    """Return `text` without what `has_controls` finds."""
    return "".join(mark for mark in text if not _is_control(mark))


def one_line(text: str) -> str:
    """Return `text` as it is stored: NFC, one line, no gaps, nothing that spoils its surroundings."""
    return " ".join(_calm(text).split())


def some_lines(text: str) -> str:
    """Return `text` as it is stored, its lines kept."""
    return _LINE_ENDS.sub("\n", _calm(text)).strip()


def says_something(text: str) -> bool:
    """Whether there is a letter, a number, a sign or a picture in `text`."""
    return any(unicodedata.category(mark)[0] in "LNPS" for mark in text)


def folded(text: str) -> str:
    """Return what `text` is compared by: small letters without marks, so that "Trận đấu" is "tran dau"."""
    bare = text.replace("đ", "d").replace("Đ", "d")
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", bare).casefold())
    kept = "".join(mark for mark in letters if unicodedata.category(mark) not in {"Mn", "Cf"})
    return " ".join(unicodedata.normalize("NFC", kept).split())


def tag_of(text: str) -> str:
    """Return the tag that is meant by `text`, like `trận-đấu` for "#Trận Đấu"; "" when it can be none."""
    small = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())
    tag = _GAPS.sub("-", small.lstrip("#")).strip("-")
    fits = len(tag) <= TAG_LENGTH and all(
        mark == "-" or unicodedata.category(mark)[0] in "LNM" for mark in tag
    )
    return tag if fits and folded(tag) else ""


def _is_control(mark: str) -> bool:
    return mark not in "\t\r\n" and unicodedata.category(mark) in {"Cc", "Cs"}


def _calm(text: str) -> str:
    plain = _ZERO_WIDTH.sub(r"\1", _DIRECTION.sub("", unicodedata.normalize("NFC", text)))
    return _STACKED.sub(r"\1", plain)
