"""Following somebody from their channel or their room."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import selectors, services
from streair.core.errors import SignInFirst
from streair.core.numbers import followers_in_words
from streair.core.pages import wants_json
from streair.core.redirects import next_url


@require_POST
def follow(request: HttpRequest, username: str) -> HttpResponse:
    """Follow somebody (`follow=yes`), or no longer; the page that asked is shown again."""
    person = selectors.person(username)
    here = next_url(request, reverse("home"))
    if not request.user.is_authenticated:
        if wants_json(request):
            raise SignInFirst(_("Please sign in first."))
        return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?{urlencode({'next': here})}")
    follows = request.POST.get("follow") == "yes"
    (services.follow if follows else services.unfollow)(request.user, person)
    if not wants_json(request):
        return HttpResponseRedirect(here)
    text = followers_in_words(selectors.follower_count(person))
    return JsonResponse({"following": follows, "followers": text})
