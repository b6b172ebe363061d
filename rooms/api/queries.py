"""What a list of rooms is asked for: from the query to `rooms.listing.Wanted`."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from rooms.listing import NEWEST, SORTS, Wanted
from rooms.search import LONGEST_QUERY, words_of
from streair.core.api.paging import cursor_of, limit_of
from streair.core.errors import Invalid
from streair.core.texts import folded, tag_of

_FLAGS = {"": None, "true": True, "1": True, "false": False, "0": False}


def wanted_of(request: Request) -> Wanted:
    """Return what the query asks for. Raises Invalid, naming the parameter that cannot be used."""
    after = cursor_of(request)
    query = request.query_params.get("q", "")
    if len(query) > LONGEST_QUERY:
        raise _invalid("q", _("Use at most %(longest)d characters.") % {"longest": LONGEST_QUERY})
    return Wanted(
        live=_flag(request, "live"),
        category=_short(request, "category"),
        tag=_tag(request),
        words=tuple(words_of(query)),
        sort=_sort(request),
        limit=limit_of(request),
        after=tuple(after) if after is not None else None,
    )


def name_of(wanted: Wanted) -> str:
    """Return what a page is cached under: the same for all ways to ask for it."""
    parts: list[Any] = [wanted.live, wanted.category, wanted.tag, wanted.words, wanted.sort]
    text = json.dumps([*parts, wanted.limit, wanted.after])
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def unknown_category() -> Invalid:
    """Return the error for a category that there is not."""
    return _invalid("category", _("There is no such category."))


def _flag(request: Request, name: str) -> bool | None:
    given = request.query_params.get(name, "").lower()
    if given not in _FLAGS:
        raise _invalid(name, _("Use true or false."))
    return _FLAGS[given]


def _sort(request: Request) -> str:
    given = request.query_params.get("sort", "") or NEWEST
    if given not in SORTS:
        raise _invalid("sort", _("Choose one of: %(names)s.") % {"names": ", ".join(SORTS)})
    return given


def _short(request: Request, name: str) -> str:
    given = request.query_params.get(name, "")
    if len(given) > 60:
        raise unknown_category()
    return folded(given)


def _tag(request: Request) -> str:
    given = request.query_params.get("tag", "")
    tag = tag_of(given)
    if given and not tag:
        raise _invalid("tag", _("This can be no tag."))
    return tag


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid(_("Some of this cannot be used."), errors={name: [sentence]})
