"""Pages that show rooms: watching one, and a streamer's channel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.selectors import person
from rooms import permissions, selectors
from rooms.viewer_board import viewer_counts


@require_safe
def watch(request: HttpRequest, room_id: str) -> HttpResponse:
    """Show one room: its stream while it is on air, a face that says why while it is not."""
    room = selectors.room_for_viewer(room_id)
    others = list(selectors.other_live_rooms(room))
    counts = viewer_counts(each.room_id for each in [room, *others])
    page = {
        "room": room,
        "viewers": counts[room.room_id],
        "is_owner": permissions.is_owner(request.user, room),
        "others": others,
        "other_viewers": counts,
    }
    return render(request, "rooms/watch.html", page)


@require_safe
def channel(request: HttpRequest, username: str) -> HttpResponse:
    """Show a streamer: the open room, or that they are away; and what was before."""
    owner = person(username)
    if owner.username != username:
        return HttpResponsePermanentRedirect(reverse("rooms:channel", args=[owner.username]))
    page = {
        "owner": owner,
        "is_self": request.user == owner,
        "room": selectors.open_room_of(owner),
        "past": selectors.past_rooms(owner),
    }
    return render(request, "rooms/channel.html", page)
