"""Pages for signing up, in and out."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import SignInForm, SignUpForm
from accounts.limits import count_sign_in, count_sign_up
from accounts.site import site_of
from streair.core.errors import Conflict, Invalid, TooFast
from streair.core.redirects import next_url

_BACKEND = "accounts.backends.NameOrEmailBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Create an account and sign in with it."""
    go_to = next_url(request, reverse("streams:studio"))
    if request.user.is_authenticated:
        return HttpResponseRedirect(go_to)
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, "accounts/sign_up.html", form)
    try:
        count_sign_up(request, request.POST.get("email", ""))
    except TooFast as refusal:
        form = SignUpForm(initial=request.POST.dict())
        return _page(request, "accounts/sign_up.html", form, refusal=refusal)
    if form.is_valid():
        try:
            user = services.sign_up(**form.cleaned_data, site=site_of(request))
        except (Conflict, Invalid) as refusal:
            form.take(refusal)
        else:
            login(request, user, backend=_BACKEND)
            messages.success(request, _("Welcome, %(name)s!") % {"name": user.shown_name})
            return HttpResponseRedirect(go_to)
    return _page(request, "accounts/sign_up.html", form, status=422)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by name or e-mail."""
    go_to = next_url(request, reverse("home"))
    if request.user.is_authenticated:
        return HttpResponseRedirect(go_to)
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, "accounts/sign_in.html", form)
    try:
        # Before the password is looked at: parallel guesses must not slip through.
        count_sign_in(request, request.POST.get("name", ""))
    except TooFast as refusal:
        # Not bound to what was typed: that would look at the password after all.
        form = SignInForm(request, initial=request.POST.dict())
        return _page(request, "accounts/sign_in.html", form, refusal=refusal)
    if form.is_valid() and form.user is not None:
        login(request, form.user)
        return HttpResponseRedirect(go_to)
    return _page(request, "accounts/sign_in.html", form, status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    messages.info(request, _("You are signed out. See you soon!"))
    return HttpResponseRedirect(reverse("home"))


def _page(
    request: HttpRequest,
    template: str,
    form: Form,
    *,
    status: int = 200,
    refusal: TooFast | None = None,
) -> HttpResponse:
    """Show the form; with a refusal, also how long to wait. What was typed stands in it again."""
    page = {"form": form, "refusal": refusal, "next": next_url(request, "")}
    response = render(request, template, page, status=refusal.status if refusal else status)
    if refusal is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response
