"""Pages that show a chat alone: in a window of its own, and over a picture in OBS."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from chat import selectors, services
from chat.forms import OverlayForm, RulesForm
from chat.services.checks import check_moderates
from rooms.entrance import let_in, obstacle_for
from rooms.selectors import room_for_viewer
from streair.core.addresses import address_of_request
from streair.core.errors import Invalid, StreAirError

_HELD_SHOWN = 50


class StreamerRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


@require_safe
def window(request: HttpRequest, room_id: str) -> HttpResponse:
    """Show a room's chat alone. Whoever has to get past something first is sent to the room's page."""
    room = room_for_viewer(room_id)
    if obstacle_for(request, room) is not None:
        return redirect("rooms:watch", room_id)
    return let_in(request, render(request, "chat/window.html", {"room": room}), room)


@require_safe
def overlay(request: HttpRequest) -> HttpResponse:
    """Show nothing yet: the secret in the address is behind its #, so only the page's script has it."""
    response = render(request, "chat/overlay.html")
    # Other sites are told nothing of this address, not even that there is one.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overlay_link(request: StreamerRequest) -> HttpResponse:
    """Hand out the link of the overlay to its owner: to the copy button as JSON, else as a page."""
    if request.method != "POST":
        return redirect("streams:studio")
    form = OverlayForm(request.POST)
    query = form.query() if form.is_valid() else ""
    secret = services.overlay_secret(request.user)
    # Behind the #, browsers keep it to themselves: it is in no request, so in no log and no Referer.
    link = request.build_absolute_uri(f"{reverse('chat:overlay')}{query}#{secret}")
    if request.accepts("text/html"):
        return render(request, "chat/overlay_link.html", {"link": link})
    return JsonResponse({"link": link})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overlay_renew(request: StreamerRequest) -> HttpResponse:
    """Make a new link, after asking. What shows the chat with the old one goes blank."""
    if request.method != "POST":
        return render(request, "chat/confirm_overlay.html")
    services.renew_overlay(request.user, address=address_of_request(request))
    messages.success(request, _("There is a new link to your chat. Paste it into OBS."))
    return redirect("streams:studio")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: StreamerRequest, room_id: str) -> HttpResponse:
    """Show what waits in a room to whoever keeps order there, and decide on it: all without scripts."""
    room = room_for_viewer(room_id)
    check_moderates(room, request.user.pk)
    if request.method == "POST":
        held_id = request.POST.get("held", "")
        try:
            services.decide(
                room=room,
                actor_id=request.user.pk,
                held_id=int(held_id)
                if held_id.isascii() and held_id.isdigit() and len(held_id) <= 15
                else 0,
                approve=request.POST.get("decision") == "approve",
            )
        except StreAirError as refusal:  # Somebody was faster, most likely.
            messages.error(request, str(refusal))
        return redirect("chat:held", room_id)
    count, waiting = selectors.held_messages(room, limit=_HELD_SHOWN)
    return render(request, "chat/held.html", {"room": room, "count": count, "held": waiting})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StreamerRequest) -> HttpResponse:
    """Change what the streamer asks of those who write in their rooms."""
    if request.method != "POST":
        return redirect("streams:studio")
    form = RulesForm(request.POST)
    try:
        services.set_rules(request.user, request.POST.get("text", ""))
    except Invalid as refusal:
        form.is_valid()
        form.add_error("text", str(refusal))
        return render(request, "chat/rules.html", {"form": form}, status=422)
    messages.success(request, _("Saved. Whoever writes for the first time agrees to them."))
    return redirect("streams:studio")
