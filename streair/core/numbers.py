"""Numbers as the reader's language writes them."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import ngettext


def grouped(number: int) -> str:
    """Return a whole number with its thousands apart: 12.345 in Vietnamese, 12,345 in English."""
    return str(number_format(number, use_l10n=True, force_grouping=True))


def viewers_in_words(count: int) -> str:
    """Return how many people watch."""
    return ngettext("%(counter)s viewer", "%(counter)s viewers", count) % {
        "counter": grouped(count)
    }


def followers_in_words(count: int) -> str:
    """Return how many people follow."""
    return ngettext("%(counter)s follower", "%(counter)s followers", count) % {
        "counter": grouped(count)
    }
