"""What somebody wants to hear of: the form on the account page, and the link in mails that ends them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.views.account import OwnRequest, followed_before, posted
from streair.core.errors import Invalid


@posted
def notifications(request: OwnRequest) -> HttpResponse:
    """Change what one is told, and of whom."""
    services.change_notifications(
        request.user,
        on_site="on_site" in request.POST,
        by_mail="by_mail" in request.POST,
        shown=_numbers(request, "shown"),
        wanted=_numbers(request, "wanted"),
    )
    messages.success(request, _("Saved."))
    before = followed_before(request.POST)
    place = "" if before is None else f"?followed-before={before}"
    return redirect(f"{reverse('accounts:account')}{place}#notifications")


# Mail programs send this form by themselves (RFC 8058), without a cookie: the link is what allows it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """End mails about streams by the link in one of them; programs that look into mails only get a button."""
    try:
        if request.method != "POST":
            services.reader_of(token)
            return render(request, "accounts/stop_mails.html")
        services.stop_mails(token)
    except Invalid:
        return render(request, "accounts/dead_stop_link.html", status=422)
    return render(request, "accounts/stop_mails.html", {"is_done": True})


def _numbers(request: HttpRequest, name: str) -> list[int]:
    typed = request.POST.getlist(name)
    return [int(each) for each in typed if each.isascii() and each.isdigit() and len(each) <= 18]
