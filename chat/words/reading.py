"""What a text says to whoever reads it, whatever it is written with. Pure.

Vietnamese words differ by their marks alone (các, cặc; lớn, lồn), so marks stay where they can belong to
a Vietnamese word. All else that makes no difference to a reader goes: case, look-alikes, invisible
characters, dots and spaces between single letters, letters held down.
"""

from __future__ import annotations

import re
import unicodedata

from accounts.names import latin

# Between letters that were pulled apart (v.c.l, đ ị t): they may be one word, or several.
JOINT = "\x03"
# After a letter that was written three times or more.
HELD = "\x01"
# Digits and signs that may stand for a letter are kept apart from others: as letters of a script that nobody
# chats in, so that they are parts of words.
_DISGUISES = 0xA000
# fmt: off
_LETTERS_OF = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "il",
}
# fmt: on
_SIGNS = "@$!|"
# Signs, once they stand for letters, still end the word before them: "ngu!địt" are two words.
BREAKS = "".join(chr(_DISGUISES + ord(sign)) for sign in _SIGNS)

_MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]+"
)
_OTHER_MARKS = (
    "\u0304\u0305\u0307\u0308\u030a-\u031a\u031c-\u0322\u0324-\u034e\u0350-\u036f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_STRAY_MARKS = re.compile(f"[{_OTHER_MARKS}]+|(?<![aeiouy{_MARKS}])[{_MARKS}]+")
_ANY_MARKS = re.compile(f"[{_MARKS}{_OTHER_MARKS}]+")
# Both places of a tone are in use: hòa, hoà; thúy, thuý.
_EARLY_TONES = re.compile(f"(o)([{_TONES}])([ae])|(u)([{_TONES}])(y)")
# A marked vowel held down: keyboards repeat it bare (địiiit).
_HELD_VOWEL = re.compile(rf"([aeiouy])([{_MARKS}]+)\1+")

_LATIN = str.maketrans("ıɩɪɑɡʏ", "iiiagy")
_LOOKS_LATIN = re.compile("[ıß\u0250-\u02ff\u0370-\u052f]")
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_PICTURE = re.compile(f"[{_EMOJI}]")
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
_SIGN_RUN = re.compile(r"[@$!|]+")
_DOTS_INSIDE = re.compile(rf"(?<=[^\W_])(?:[^\w\s{_EMOJI}]|_)+(?=[^\W_])")
_AFTER_SINGLE = re.compile(
    rf"(?<![^\W_])(([^\W_])\2*)(?:[^\w{_EMOJI}]|_)+(?=([^\W_])\3*(?![^\W_]))"
)
_WORD = re.compile(rf"[^\W_]+(?:{JOINT}[^\W_]+)*")
_DIGIT = re.compile("[0-9]")
_HELD_DOWN = re.compile(r"([^\W_])\1{2,}")
_NOISE = re.compile(rf"(?:[^\w{HELD}{JOINT}{_EMOJI}]|_)+")

_VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
_SYLLABLES = re.compile(
    "(?:(?:ngh?|gh|gi|kh|ch|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?+"
    f"[{_VOWELS}]{{1,3}}+(?:ch|ng|nh|[cmnpt])?+)++|[bcdđghklmnpqrstvx]++"
)
_FOREIGN_WORD = re.compile(
    rf"(?<![^\W\d_])(?!(?:{_SYLLABLES.pattern})(?![^\W\d_]))[a-zđ]*[^\W\d_a-zđ][^\W\d_]*"
)
_TWICE = re.compile(r"(.)\1+")


def read(text: str) -> str:
    """Return what `text` says: words with single spaces between and around them.

    `JOINT` and `HELD` stand where it might be read otherwise, and digits that may be letters are disguised.
    """
    joined = _join(fold(text))
    joined = _WORD.sub(_disguise_digits, joined) if _DIGIT.search(joined) else joined
    held = _HELD_DOWN.sub(rf"\1{HELD}", joined)
    return f" {_NOISE.sub(' ', held).strip()} "


def words(text: str) -> list[str]:
    """Return the words and pictures of `text`, which nobody tried to hide."""
    joined = _join(fold(text)).replace(JOINT, "")
    return re.findall(rf"[^\W_]+|[{_EMOJI}]", joined.translate(_UNDISGUISED))


def fold(text: str) -> str:
    """Return `text` in small letters, without look-alikes, invisible characters and marks that mean nothing."""
    if text.isascii():
        return _INVISIBLE.sub("", text).lower()
    apart = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text))
    is_latin = _LOOKS_LATIN.search(apart) is None
    apart = apart.lower() if is_latin else latin(apart).translate(_LATIN)
    apart = _STRAY_MARKS.sub("", apart)
    apart = _HELD_VOWEL.sub(r"\1\2", _EARLY_TONES.sub(r"\1\4\3\6\2\5", apart))
    whole = _ANY_MARKS.sub("", unicodedata.normalize("NFC", apart))
    return _FOREIGN_WORD.sub(_without_ornaments, whole)


def unmarked(word: str) -> str:
    """Return a word as people type it who leave out the marks."""
    return _ANY_MARKS.sub("", unicodedata.normalize("NFD", word)).replace("đ", "d")


def meanings(letter: str) -> str | None:
    """Return what a disguised digit or sign may stand for, or None for what is no such thing."""
    return _MEANINGS.get(letter)


def plain(letter: str) -> str:
    """Return a letter without its marks; đ is a letter of its own."""
    return letter if letter.isascii() else unicodedata.normalize("NFD", letter)[0]


def _join(folded: str) -> str:
    text = _PICTURE.sub(r" \g<0> ", _SKIN_TONES.sub("", folded)) if not folded.isascii() else folded
    text = _SIGN_RUN.sub(_disguise_signs, text)
    return _AFTER_SINGLE.sub(rf"\1{JOINT}", _DOTS_INSIDE.sub(JOINT, text))


def _without_ornaments(found: re.Match[str]) -> str:
    """Take the marks from a word that cannot be Vietnamese: fúck, shít. Đ stays: nobody means d by it."""
    word = found[0]
    if _SYLLABLES.fullmatch(_TWICE.sub(r"\1", word)):
        return word
    return unicodedata.normalize("NFC", _ANY_MARKS.sub("", unicodedata.normalize("NFD", word)))


def _disguise_signs(found: re.Match[str]) -> str:
    """Let signs be letters within a word: d!t, a$$, $hit; not @ada, or the end of a sentence."""
    start, end, text = found.start(), found.end(), found.string
    before, after = text[start - 1 : start].isalpha(), text[end : end + 1].isalpha()
    is_letter = (before and after) or ((before or after) and not found[0].strip("$"))
    return "".join(map(_disguise, found[0])) if is_letter else found[0]


def _disguise_digits(found: re.Match[str]) -> str:
    """Let digits be letters in a word that has at least two others: d1t, not 4G, c1 or 18h30."""
    word = found[0]
    if word.isalpha() or sum(map(str.isalpha, word)) < 2:
        return word
    return _DIGIT.sub(lambda digit: _disguise(digit[0]), word)


def _disguise(sign: str) -> str:
    return chr(_DISGUISES + ord(sign))


_MEANINGS = {_disguise(sign): sign + letters for sign, letters in _LETTERS_OF.items()}
_MEANINGS |= {_disguise(digit): digit for digit in "26"}
_UNDISGUISED = {_DISGUISES + ord(sign): _LETTERS_OF[sign][0] for sign in _SIGNS}
