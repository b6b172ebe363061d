"""Pages that show rooms: watching one, the doors before it, and a streamer's channel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import person
from rooms import permissions, selectors, services, sharing
from rooms.cookies import remember_grown_up, remember_ticket
from rooms.entrance import Obstacle, let_in, obstacle_for, private
from rooms.forms import PasswordForm, ReportForm
from rooms.models import Room
from rooms.viewer_board import viewer_counts
from streair.core.addresses import address_of_request, bucket
from streair.core.errors import StreAirError


@require_safe
def watch(request: HttpRequest, room_id: str) -> HttpResponse:
    """Show one room, to those who may enter: its stream, or a face that says why there is none."""
    room = selectors.room_for_viewer(room_id)
    obstacle = obstacle_for(request, room)
    if obstacle is Obstacle.PASSWORD:
        return _ask_for_password(request, room, PasswordForm(), status=403)
    if obstacle is Obstacle.MATURE:
        return private(render(request, "rooms/mature.html", {"room": room}), room)
    return let_in(request, _watch_page(request, room), room)


@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest, room_id: str) -> HttpResponse:
    """Take the password of a locked room. Whoever comes with a GET gets the room, or the form again."""
    response = redirect("rooms:watch", room_id)
    if request.method != "POST":
        return response
    room = selectors.room_for_viewer(room_id)
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _ask_for_password(request, room, form, status=422)
    try:
        ticket = services.unlock(
            room=room,
            password=form.cleaned_data["password"],
            address=bucket(address_of_request(request)),
            user=request.user if request.user.is_authenticated else None,
        )
    except StreAirError as refused:
        form.add_error("password", str(refused))
        answer = _ask_for_password(request, room, form, status=refused.status)
        if refused.retry_after is not None:
            answer["Retry-After"] = str(refused.retry_after)
        return answer
    remember_ticket(response, room, ticket)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def mature(request: HttpRequest, room_id: str) -> HttpResponse:
    """Take a reader's word that they are an adult; asked once."""
    response = redirect("rooms:watch", room_id)
    if request.method == "POST":
        remember_grown_up(response)
    return response


@require_safe
def channel(request: HttpRequest, username: str) -> HttpResponse:
    """Show a streamer: the open room, or that they are away; and what was before."""
    owner = person(username)
    if owner.username != username:
        return HttpResponsePermanentRedirect(reverse("rooms:channel", args=[owner.username]))
    is_self = request.user == owner
    page = {
        "owner": owner,
        "is_self": is_self,
        "room": selectors.channel_room(owner, to_owner=is_self),
        "past": selectors.past_rooms(owner, to_owner=is_self),
    }
    return render(request, "rooms/channel.html", page)


def _watch_page(request: HttpRequest, room: Room) -> HttpResponse:
    others = list(selectors.other_live_rooms(room))
    counts = viewer_counts(each.room_id for each in [room, *others])
    page = {
        "room": room,
        "viewers": counts[room.room_id],
        "is_owner": permissions.is_owner(request.user, room),
        "others": others,
        "other_viewers": counts,
        "report_form": ReportForm(),
    }
    if sharing.may_be_shared(room):
        page |= {
            "is_shareable": True,
            "frame": sharing.frame(request, room),
            "linked_data": sharing.video_object(request, room),
        }
    return render(request, "rooms/watch.html", page)


def _ask_for_password(
    request: HttpRequest, room: Room, form: PasswordForm, *, status: int
) -> HttpResponse:
    # The page says nothing about the room but its address, which the reader knows.
    page = {"room_id": room.room_id, "form": form}
    return private(render(request, "rooms/locked.html", page, status=status), room)
