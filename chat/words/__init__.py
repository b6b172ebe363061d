"""Words that are not wanted in a chat, found however they are written. Pure."""

from chat.words.entries import LONGEST, Entry, Pattern, Treatment, parse, strictness
from chat.words.matcher import Matcher

__all__ = ["LONGEST", "Entry", "Matcher", "Pattern", "Treatment", "parse", "strictness"]
