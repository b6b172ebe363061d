"""The studio: a streamer's room, key, and how the stream arrives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from rooms import permissions
from rooms import selectors as room_selectors
from rooms import services as room_services
from rooms.forms import RoomForm
from rooms.models import Room
from rooms.viewer_board import viewer_counts
from streair.core.errors import Conflict, Invalid, NotAllowed
from streams import keys, selectors, services


class StreamerRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


def _posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only forms reach `view`.

    Whoever had to sign in again on the way comes back with a GET: the studio has the form.
    """

    @wraps(view)
    def only_forms(request: StreamerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        return redirect("streams:studio")

    return only_forms


@login_required
@never_cache
@require_safe
def studio(request: StreamerRequest) -> HttpResponse:
    """Show the streamer their room, or the form that opens one."""
    room = room_selectors.open_room_of(request.user)
    start = room or room_selectors.last_room_of(request.user)
    return _studio(request, room, RoomForm(initial=RoomForm.values_of(start)))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: StreamerRequest) -> HttpResponse:
    """Change the stream key, after asking. Whatever streams with the old one is dropped."""
    if request.method != "POST":
        return render(request, "streams/confirm_key.html")
    services.rotate_key(request.user)
    messages.success(request, _("You have a new stream key. Paste it into OBS before you go on."))
    return redirect("streams:studio")


@login_required
@never_cache
@_posted
def reveal_key(request: StreamerRequest) -> HttpResponse:
    """Hand out the real key to its owner: to the copy button as JSON, without scripts as a page."""
    secret = services.key_of(request.user)
    if request.accepts("text/html"):
        return render(request, "streams/key.html", {"key": secret})
    return JsonResponse({"streamKey": secret})


@login_required
@_posted
def room_open(request: StreamerRequest) -> HttpResponse:
    """Open a room."""
    form = RoomForm(request.POST)
    if form.is_valid():
        try:
            room_services.open_room(owner=request.user, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        except Conflict as refusal:
            messages.error(request, str(refusal))
            return redirect("streams:studio")
        else:
            messages.success(request, _("Your room is open. Now start streaming in OBS."))
            return redirect("streams:studio")
    room = room_selectors.open_room_of(request.user)
    return _studio(request, room, form, status=422)


@login_required
@_posted
def room_change(request: StreamerRequest, room_id: str) -> HttpResponse:
    """Change title, description and category."""
    room = room_selectors.room_for_viewer(room_id)
    if not permissions.can_edit(request.user, room):
        raise NotAllowed(_("This room is somebody else's."))
    form = RoomForm(request.POST)
    if form.is_valid():
        try:
            room_services.change_room(room=room, **form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("Saved. Your viewers see it already."))
            return redirect("streams:studio")
    return _studio(request, room if room.is_open else None, form, status=422)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room_end(request: StreamerRequest, room_id: str) -> HttpResponse:
    """End the room, after asking."""
    room = room_selectors.room_for_viewer(room_id)
    if not permissions.can_end(request.user, room):
        raise NotAllowed(_("This room is somebody else's."))
    if request.method != "POST":
        return render(request, "streams/confirm_end.html", {"room": room})
    reason = permissions.end_reason(request.user, room)
    services.end_stream(room=room, reason=reason, by=request.user)
    messages.success(request, _("The stream has ended."))
    return redirect("streams:studio")


def _studio(
    request: StreamerRequest, room: Room | None, form: RoomForm, *, status: int = 200
) -> HttpResponse:
    page: dict[str, Any] = {
        "room": room,
        "form": form,
        "last": None if room else room_selectors.last_room_of(request.user),
        "server": _server(request),
        "masked_key": keys.masked(services.key_of(request.user)),
        "health": selectors.studio_health(room) if room else None,
        "refusal": selectors.refusal_of(request.user),
        "viewers": viewer_counts([room.room_id])[room.room_id] if room else 0,
    }
    return render(request, "streams/studio.html", page, status=status)


def _server(request: HttpRequest) -> str:
    """Return what a streamer puts into OBS as Server."""
    if settings.RTMP_PUBLIC_URL:
        return str(settings.RTMP_PUBLIC_URL)
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    if ":" in host:
        host = f"[{host}]"
    return f"rtmp://{host}:{settings.RTMP_PORT}/{settings.RTMP_APP}"
