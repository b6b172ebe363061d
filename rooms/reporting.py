"""The page on which a viewer reports a room."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rooms import selectors, services
from rooms.entrance import obstacle_for, private
from rooms.forms import ReportForm
from rooms.models import ReportKind
from rooms.requests import MemberRequest
from streair.core.errors import StreAirError
from streair.core.pages import wants_json


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: MemberRequest, room_id: str) -> HttpResponse:
    """Take down what is wrong with a room. Who stands before its door cannot know, and is led there."""
    room = selectors.room_for_viewer(room_id)
    if obstacle_for(request, room) is not None:
        return redirect("rooms:watch", room_id)
    form = ReportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            services.report(
                reporter=request.user,
                kind=ReportKind.ROOM,
                target_id=room_id,
                reason=request.POST.get("reason", ""),
                text=request.POST.get("text", ""),
            )
        except StreAirError as refused:
            if wants_json(request):
                raise
            form.take(refused)
            status = refused.status
        else:
            thanks = _("Thank you. Whoever runs the site will look at it.")
            if wants_json(request):
                return JsonResponse({"message": thanks})
            messages.success(request, thanks)
            return redirect("rooms:watch", room_id)
    page = {"room": room, "form": form}
    return private(render(request, "rooms/report.html", page, status=status), room)
