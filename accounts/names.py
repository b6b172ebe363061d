"""Names that others could mistake for another one's, or for the site's own. Pure."""

from __future__ import annotations

import re
import unicodedata

# Latin letters and digits that look alike in most typefaces.
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", ".": "_"})
_PAIRS = (("rn", "m"), ("vv", "w"))
# Capitals first: Ν looks like N, its small letter ν like v.
_FOREIGN_CAPITALS = str.maketrans(
    "АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "ABEKMHOPCTYXIJSABEZHIKMNOPTYX",
)
# Cyrillic and Greek letters that pass for Latin ones; user names have none, display names may.
_FOREIGN = str.maketrans(
    "аеорсухіјѕԁһкмтвпαενορτυικ",
    "aeopcyxijsdhkmtbnaevoptuik",
)

RESERVED = frozenset(
    {
        *("account", "admin", "administrator", "anonymous", "api", "everyone", "guest", "help"),
        *("here", "me", "mod", "moderator", "null", "official", "owner", "root", "security"),
        *("staff", "studio", "support", "system", "undefined", "webmaster"),
        *("quantri", "quantrivien", "dieuhanh", "hotro"),
    }
)
# Whatever stands beside these words, it sounds like the site speaking.
_SPEAKS_FOR_US = frozenset({"admin", "administrator", "moderator", "official", "staff"})
_SITE = "streair"


def skeleton(name: str) -> str:
    """Return what `name` looks like: two names with one skeleton are easily mistaken.

    Case, look-alikes (0 and o, 1 and l and i, rn and m …), and which and how many separators there are
    make no difference.
    """
    found = name.casefold().translate(_LOOKS_LIKE)
    for pair, letter in _PAIRS:
        found = found.replace(pair, letter)
    return re.sub("_+", "_", found).strip("_")


def is_reserved(username: str) -> bool:
    """Whether a user name is the site's own, or passes for it."""
    words = skeleton(username).split("_")
    return not any(words) or _passes_for_us(words)


def impersonates(display_name: str) -> bool:
    """Whether a display name passes for the site or its staff."""
    bare = latin(unicodedata.normalize("NFKD", display_name)).replace("đ", "d")
    letters = "".join(mark if mark.isalnum() else " " for mark in bare if not _is_mark(mark))
    return _passes_for_us(skeleton(letters).split())


def latin(decomposed: str) -> str:
    """Return a text in small letters, with Cyrillic and Greek ones that pass for Latin as those.

    It must be taken apart (NFD or NFKD) before: letters with marks are not known here.
    """
    return decomposed.translate(_FOREIGN_CAPITALS).casefold().translate(_FOREIGN)


def _passes_for_us(words: list[str]) -> bool:
    whole = "".join(words)
    return (
        whole in _RESERVED_SKELETONS
        or _SITE_SKELETON in whole
        or any(word in _SPEAKING_SKELETONS for word in words)
    )


def _is_mark(mark: str) -> bool:
    return unicodedata.combining(mark) != 0


_RESERVED_SKELETONS = frozenset(map(skeleton, RESERVED))
_SPEAKING_SKELETONS = frozenset(map(skeleton, _SPEAKS_FOR_US))
_SITE_SKELETON = skeleton(_SITE)
