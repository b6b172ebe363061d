"""Pages about whom a reader follows."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rooms import selectors
from rooms.requests import MemberRequest


@require_safe
@login_required
@never_cache
def following(request: MemberRequest) -> HttpResponse:
    """Show whom the reader follows, who is live first."""
    channels = selectors.followed_channels(request.user)
    page = {
        "live": [each.room for each in channels if each.room],
        "viewers": {each.room.room_id: each.viewers for each in channels if each.room},
        "away": [each.person for each in channels if not each.room],
    }
    return render(request, "rooms/following.html", page)


@require_safe
@login_required
@never_cache
def rail(request: MemberRequest) -> HttpResponse:
    """Return the list beside every page by itself, for js/rooms/rail.js."""
    return render(request, "rooms/rail.html")
