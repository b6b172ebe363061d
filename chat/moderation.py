"""What a chat's modes let pass. Pure rules about texts."""

from __future__ import annotations

import re
import unicodedata

# Domains that people really paste; any word.word would forbid sloppy punctuation.
_ENDINGS = (
    "com|net|org|info|biz|edu|gov|vn|io|me|gg|tv|co|app|dev|xyz|site|online|shop|store|top|link|live"
    "|club|cc|ly|be|us|uk|ru|cn|jp|kr|de|fr|eu|in|id|th|sg|my|ph|to|is|ws|pw|icu|vip|fun|win|bet|games"
)
_LINK = re.compile(
    rf"https?:/|\bwww\.|(?<![\w@])[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})(?![\w-]|\.\w)", re.IGNORECASE
)
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_DRAWINGS = range(0x2500, 0x25A0)  # Lines and blocks: pictures made of letters.


def has_link(text: str) -> bool:
    """Whether somebody could follow an address in `text`, with or without http:// before it."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    return _LINK.search(plain) is not None


def is_only_emoji(text: str) -> bool:
    """Whether `text` is nothing but emoji and spaces."""
    rest = _KEYCAP.sub("", text)
    has_emoji = rest != text
    for each in rest:
        category = unicodedata.category(each)
        if category == "So" and ord(each) >= 0x203C and ord(each) not in _DRAWINGS:
            has_emoji = True
        elif not each.isspace() and category not in {"Sk", "Mn", "Me", "Cf"}:
            return False
    return has_emoji
