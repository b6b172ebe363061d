"""The studio: a streamer's room, key, and how the stream arrives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
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
from streair.core.brand import brand
from streair.core.errors import Conflict, Invalid, NotAllowed, NotFound
from streams import keys, measured, nodes, obs, selectors, services
from streams.forms import ObsProfileForm

_PAST_SHOWN = 5
_MOST_BROADCASTS = 50


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
@never_cache
@_posted
def obs_profile(request: StreamerRequest) -> HttpResponse:
    """Hand out a profile for OBS; with the stream key in it only when that is asked for."""
    form = ObsProfileForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("There is no such picture."), errors=form.errors.get_json_data())
    quality = form.cleaned_data["quality"]
    name = f"{request.user.username} {quality} {localtime():%Y-%m-%d %H%M%S}"
    packed = obs.profile(
        name=f"{brand().name} {name}",
        server=_servers(request)[0].address,
        key=services.key_of(request.user) if form.cleaned_data["with_key"] else "",
        quality=obs.QUALITIES[quality],
    )
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="obs-{name.replace(" ", "-")}.zip"'
    response["Cache-Control"] = "no-store, private"
    return response


@login_required
@never_cache
@require_safe
def measures(request: StreamerRequest, room_id: str) -> HttpResponse:
    """Show the plots of a running room alone, for the page to take over."""
    return render(request, "streams/_measures.html", _plots(_own_room(request, room_id)))


@login_required
@never_cache
@require_safe
def past(request: StreamerRequest, room_id: str) -> HttpResponse:
    """Show how a stream went that is over."""
    room = _own_room(request, room_id)
    if room.is_open:
        return redirect("streams:studio")
    page = {
        "room": room,
        "crowd": measured.crowd_of(room),
        "broadcasts": selectors.broadcasts_of(room)[:_MOST_BROADCASTS],
    }
    return render(request, "streams/past.html", page)


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


def _own_room(request: StreamerRequest, room_id: str) -> Room:
    """Return a room of whoever asks; there is none for anybody else."""
    room = room_selectors.room_for_viewer(room_id)
    if room.owner_id != request.user.pk:
        raise NotFound(_("There is no room at this address."), code="room-not-found")
    return room


def _plots(room: Room) -> dict[str, Any]:
    return {"health_plots": measured.health_of(room), "crowd": measured.crowd_of(room)}


def _studio(
    request: StreamerRequest, room: Room | None, form: RoomForm, *, status: int = 200
) -> HttpResponse:
    page: dict[str, Any] = {
        "room": room,
        "form": form,
        "last": None if room else room_selectors.last_room_of(request.user),
        "server": _servers(request)[0].address,
        "more_servers": _servers(request)[1:],
        "masked_key": keys.masked(services.key_of(request.user)),
        "health": selectors.studio_health(room) if room else None,
        "refusal": selectors.refusal_of(request.user),
        "viewers": viewer_counts([room.room_id])[room.room_id] if room else 0,
        "obs_form": ObsProfileForm(auto_id="obs-%s"),
        "past": room_selectors.past_rooms(request.user, to_owner=True, limit=_PAST_SHOWN),
        **(_plots(room) if room else {}),
    }
    return render(request, "streams/studio.html", page, status=status)


class _Server(NamedTuple):
    name: str
    address: str


def _servers(request: HttpRequest) -> list[_Server]:
    """Return what a streamer may put into OBS as Server, the usual one first."""
    here = _address_here(request)
    return [_Server(node.name, node.server or here) for node in nodes.every()]


def _address_here(request: HttpRequest) -> str:
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    if ":" in host:
        host = f"[{host}]"
    return f"rtmp://{host}:{settings.RTMP_PORT}/{settings.RTMP_APP}"
