"""Looking around: everything that is on, by category, by tag, and what a search turns up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rooms import finding, selectors
from rooms.listing import NEWEST, VIEWERS, Found, Wanted, find
from rooms.search import LONGEST_QUERY, words_of
from streair.core.addresses import address_of_request, bucket
from streair.core.errors import NotFound
from streair.core.ratelimit import Limit, spend
from streair.core.texts import tag_of

ON_A_PAGE = 24
SUGGESTED = 5
# Somebody who types without a pause asks five times a second.
SUGGESTIONS = Limit("suggestions", 150, 60)
_SALT = "streair.browsing"


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Show everything that is on."""
    return _browse(request, title=_("Live now"), current="all")


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what is on in one category."""
    found = selectors.category_at(slug)
    return _browse(
        request,
        title=found.name,
        current=found.slug,
        category=found,
        wanted={"category": found.slug},
    )


@require_safe
def tag(request: HttpRequest, tag: str) -> HttpResponse:
    """Show what is on with a tag; every tag has one address."""
    plain = tag_of(tag)
    if not plain:
        raise NotFound(_("There is no page at this address."))
    if plain != tag:
        return HttpResponsePermanentRedirect(reverse("tag", args=[plain]))
    return _browse(request, title=f"#{plain}", current="tag", tag=plain, wanted={"tag": plain})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what is found by `?q=`: live rooms, streamers, streams that are over."""
    query = _query(request)
    words = words_of(query)
    page: dict[str, Any] = {"query": query}
    if words:
        found = find(Wanted(live=True, words=tuple(words), sort=VIEWERS, limit=ON_A_PAGE))
        page |= {
            "rooms": found.rooms,
            "viewers": found.viewers,
            "people": finding.streamers(words, limit=12),
            "past": finding.past_streams(words, limit=8),
        }
    return render(request, "search.html", page)


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """Answer what somebody may mean who typed `?q=` so far: rooms on air, and streamers."""
    spend(SUGGESTIONS, bucket(address_of_request(request)))
    words = words_of(_query(request))
    if not words:
        return JsonResponse({"suggestions": []})
    found = find(Wanted(live=True, words=tuple(words), limit=SUGGESTED))
    rooms = [
        {
            "kind": "room",
            "text": room.title,
            "by": room.owner.shown_name,
            "url": reverse("rooms:watch", args=[room.room_id]),
        }
        for room in found.rooms
    ]
    people = [
        {
            "kind": "person",
            "text": person.shown_name,
            "by": f"@{person.username}",
            "url": reverse("rooms:channel", args=[person.username]),
        }
        for person in finding.streamers(words, limit=SUGGESTED)
    ]
    response = JsonResponse({"suggestions": [*rooms, *people]})
    response["Cache-Control"] = "private, max-age=5"
    return response


def address_of(query: str, category: str, tag: str) -> str:
    """Return where a filtered list is, for the addresses of earlier days (`/?category=…`)."""
    if query:
        return f"{reverse('search')}?{urlencode({'q': query})}"
    return reverse("tag", args=[tag]) if tag else reverse("category", args=[category])


def _browse(
    request: HttpRequest,
    *,
    title: str,
    current: str,
    wanted: dict[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    sort = NEWEST if request.GET.get("sort") == NEWEST else VIEWERS
    after = _place(request.GET.get("after", ""))
    found = find(Wanted(live=True, sort=sort, limit=ON_A_PAGE, after=after, **(wanted or {})))
    page = {
        "title": title,
        "current": current,
        "sort": sort,
        "rooms": found.rooms,
        "viewers": found.viewers,
        "categories": selectors.categories(),
        "is_first": after is None,
        "next": _next(found, sort),
    }
    return render(request, "browse.html", page | more)


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:LONGEST_QUERY].strip()


def _next(found: Found, sort: str) -> str:
    """Return the query of the page that comes next, or ""."""
    if found.after is None:
        return ""
    return f"?sort={sort}&after={signing.dumps(found.after, salt=_SALT)}"


def _place(text: str) -> tuple[Any, ...] | None:
    """Return where a page begins; for what is not ours, at the beginning."""
    try:
        return tuple(signing.loads(text, salt=_SALT)) if text else None
    except signing.BadSignature:
        return None
