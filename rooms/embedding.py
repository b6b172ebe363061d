"""Rooms on other sites: a page that is only the player, and where oEmbed asks for it."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from rooms import selectors, sharing
from rooms.models import Room
from streair.core.errors import Invalid, NotFound

_LARGEST = 10_000


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, room_id: str) -> HttpResponseBase:
    """Show a public room's player and nothing else, on the sites that settings name.

    Cookies do not come along to another site, so nobody is signed in here: whoever needs a
    ticket, or to say that they are an adult, is sent to the room itself.
    """
    room = _public_room(room_id)
    status = 404 if room is None else 200
    page = render(request, "rooms/embed.html", {"room": room}, status=status)
    ancestors = {"frame-ancestors": settings.EMBED_FRAME_ANCESTORS}
    framed = csp_replace(ancestors)(lambda _request: page)(request)
    framed["X-Robots-Tag"] = "noindex"  # The room's own page is to be found.
    return framed


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer what to show for the address of a room (oembed.com)."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=501)
    room = _public_room(sharing.room_id_in(request, request.GET.get("url", "")))
    if room is None or room.is_mature:
        raise NotFound(_("There is no room at this address."), code="room-not-found")
    width = _most(request, "maxwidth", sharing.WIDTH)
    height = _most(request, "maxheight", sharing.HEIGHT)
    answer = JsonResponse(sharing.oembed(request, room, width=width, height=height))
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _public_room(room_id: str) -> Room | None:
    """Return the room, if everybody may come across it; who may not is not told that it is there."""
    try:
        room = selectors.room_for_viewer(room_id)
    except NotFound:
        return None
    return room if room.is_public else None


def _most(request: HttpRequest, name: str, default: int) -> int:
    asked = request.GET.get(name, "")
    if not asked:
        return default
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= _LARGEST):
        sentence = _("Use a whole number from 1 to %(most)d.") % {"most": _LARGEST}
        raise Invalid(_("Some of this cannot be used."), errors={name: [sentence]})
    return int(asked)
