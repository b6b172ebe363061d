"""What may be said: a message's text, cleaned. Pure; the API and the sockets share it."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from streair.core.errors import Invalid

MAX_CHARACTERS = 500
MAX_LINES = 8
# Vietnamese needs two marks on a letter when taken apart, Thai three; more is graffiti.
_MOST_MARKS = 3
# England's flag is a black flag and six of these.
_MOST_TAGS = 7

_JOINERS = "\u200c\u200d"  # Persian words and families of emoji need them, one at a time.
# Letters and symbols that draw nothing: Hangul fillers, Braille's empty cell.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
_TAGS = range(0xE0020, 0xE0080)

_NEWLINES = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_COMMAND = re.compile(r"/[A-Za-z]+(?:\s|$)")
# Letters, digits and ASCII: what most messages are, and what stays as it is.
_PLAIN = re.compile(r"[\w\n -~]*")
_BLANK = re.compile(f"[{_BLANK_LETTERS}]")
_JOINER_RUNS = re.compile(f"[{_JOINERS}]{{2,}}")


def clean(text: str) -> str:
    """Return `text` as it is stored, or raise Invalid with a code that says what is wrong with it.

    It comes back in NFC and without controls, direction overrides, invisible fillers and towers
    of marks. Spaces are single, and so are empty lines.
    """
    text = _NEWLINES.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    if not _PLAIN.fullmatch(text) or _BLANK.search(text):
        text = "".join(_kept(text))
    text = _JOINER_RUNS.sub(lambda run: run[0][0], text)
    text = _SPACES.sub(" ", text)
    text = "\n".join(line.strip() for line in text.split("\n"))
    # What was taken out may have stood between a letter and its mark.
    text = unicodedata.normalize("NFC", _EMPTY_LINES.sub("\n\n", text).strip())
    if not is_visible(text):
        raise Invalid(_("Write something first."), code="message-empty")
    if len(text) > MAX_CHARACTERS:
        sentence = _("A message has at most %(most)d characters.") % {"most": MAX_CHARACTERS}
        raise Invalid(sentence, code="message-too-long")
    if text.count("\n") >= MAX_LINES:
        sentence = _("A message has at most %(most)d lines.") % {"most": MAX_LINES}
        raise Invalid(sentence, code="message-too-long")
    return text


def check_command(text: str) -> None:
    """Raise Invalid when `text` begins like a command: nobody else should read a slip of the pen.

    Pages carry out their commands themselves. `/me waves` is a message like any other.
    """
    if _COMMAND.match(text) and not text.startswith("/me "):
        raise Invalid(_("There is no such command."), code="unknown-command")


def is_visible(text: str) -> bool:
    """Whether there is something to see: a letter, digit, sign or picture, not marks alone."""
    return any(unicodedata.category(each)[0] in "LNPS" for each in text)


def excerpt(text: str, *, most: int = 80) -> str:
    """Return the beginning of `text` on one line, for a quotation."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _kept(text: str) -> list[str]:
    """Return the characters that may stay."""
    kept: list[str] = []
    marks = tags = 0
    for each in text:
        category = unicodedata.category(each)
        is_mark = category in {"Mn", "Me"}
        is_tag = ord(each) in _TAGS
        marks = marks + 1 if is_mark else 0
        tags = tags + 1 if is_tag else 0
        if marks <= _MOST_MARKS and tags <= _MOST_TAGS and _may_stay(each, category, kept):
            kept.append(each)
    return kept


def _may_stay(each: str, category: str, before: list[str]) -> bool:
    if each in _BLANK_LETTERS:
        return False
    if category == "Cf":
        # Invisible: joiners within a word or picture, tags on a flag; never overrides of direction.
        return bool(before) and (each in _JOINERS or ord(each) in _TAGS)
    return each == "\n" or category not in {"Cc", "Cs", "Cn"}
