"""Pages for signing up, in and out, and for getting back in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

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
from accounts.forms.doors import ForgotForm, NewPasswordForm, SignInForm, SignUpForm
from accounts.limits import count_reset, count_sign_in, count_sign_up
from accounts.middleware import NOTE
from accounts.site import site_of
from streair.core.addresses import address_of_request
from streair.core.errors import Conflict, Invalid, TooFast
from streair.core.redirects import next_url

_BACKEND = "accounts.backends.NameOrEmailBackend"

_LinkView = Callable[[HttpRequest, str], HttpResponse]


def _tells_no_link(view: _LinkView) -> _LinkView:
    """Keep the address of the page, which is a secret, out of `Referer`.

    Not by `no-referrer`: with it browsers send forms with `Origin: null`, which CSRF protection refuses.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return wrapped


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
        return HttpResponseRedirect(reverse("accounts:account") if form.user.is_leaving else go_to)
    return _page(request, "accounts/sign_in.html", form, status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    note = request.session.get(NOTE) or {}
    logout(request)
    services.forget_browser(str(note.get("id", "")))
    messages.info(request, _("You are signed out. See you soon!"))
    return HttpResponseRedirect(reverse("home"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Mail a link for a new password. Whether there was anybody to mail it to is not said."""
    form = ForgotForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, "accounts/forgot.html", form)
    try:
        count_reset(request, request.POST.get("email", ""))
    except TooFast as refusal:
        return _page(request, "accounts/forgot.html", form, refusal=refusal)
    if not form.is_valid():
        return _page(request, "accounts/forgot.html", form, status=422)
    services.send_reset(**form.cleaned_data, site=site_of(request))
    messages.success(request, _("If somebody here has this address, a mail is on its way to it."))
    return HttpResponseRedirect(reverse("accounts:sign-in"))


@never_cache
@_tells_no_link
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by the link in a mail."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        if not services.is_good_reset(token):
            return _dead_link(request)
        return _page(request, "accounts/new_password.html", form)
    if form.is_valid():
        try:
            services.reset_password(token, **form.cleaned_data, address=address_of_request(request))
        except Invalid as refusal:
            if not refusal.errors:  # The link itself is no good.
                return _dead_link(request)
            form.take(refusal)
        else:
            messages.success(request, _("You have a new password. Sign in with it."))
            return HttpResponseRedirect(reverse("accounts:sign-in"))
    return _page(request, "accounts/new_password.html", form, status=422)


def _dead_link(request: HttpRequest) -> HttpResponse:
    """Say that the link does nothing any more, and where there is another."""
    return render(request, "accounts/dead_link.html", status=422)


@never_cache
@_tells_no_link
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Prove an address by the link in a mail; programs that look into mails only get a button."""
    if request.method != "POST":
        return render(request, "accounts/confirm_email.html")
    user = services.verify(token)
    messages.success(request, _("%(email)s is your e-mail address.") % {"email": user.email})
    return HttpResponseRedirect(
        reverse("accounts:account" if request.user.is_authenticated else "home")
    )


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
