"""Following a streamer from their pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import selectors, services
from accounts.models import User
from streair.core.errors import SignInFirst
from streair.core.pages import wants_json
from streair.core.redirects import next_url


@require_POST
def follow(request: HttpRequest, username: str) -> HttpResponse:
    """Follow somebody, or no longer; scripts get the new state, forms the page they were on."""
    if not isinstance(request.user, User):
        raise SignInFirst(_("Sign in to follow somebody."))
    person = selectors.person(username)
    if request.POST.get("follow") == "no":
        services.unfollow(request.user, person)
        sentence = _("You no longer follow %(name)s.") % {"name": person.shown_name}
    else:
        services.follow(request.user, person)
        sentence = _("You follow %(name)s now.") % {"name": person.shown_name}
    if wants_json(request):
        state = {
            "following": selectors.is_following(request.user, person),
            "followerCount": selectors.follower_count(person),
        }
        return JsonResponse({**state, "message": sentence})
    messages.success(request, sentence)
    return HttpResponseRedirect(next_url(request, "/"))
