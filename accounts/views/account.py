"""The account page: profile, pictures, address, password, sign-ins, tokens, data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors, services
from accounts.forms.account import (
    DeleteForm,
    EmailForm,
    PasswordForm,
    PictureForm,
    ProfileForm,
    TokenForm,
)
from accounts.forms.doors import TakingForm
from accounts.middleware import NOTE, note_now
from accounts.models import User
from accounts.pictures import MOST_BYTES
from accounts.services import Kind
from accounts.site import site_of
from streair.core.addresses import address_of_request
from streair.core.errors import StreAirError

_PAGE = "accounts:account"
_MOST_BELLS = 100


class OwnRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


def posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only forms of people who are signed in reach `view`; the page has them."""

    @login_required
    @never_cache
    @sensitive_post_parameters("password", "current")
    @wraps(view)
    def only_forms(request: OwnRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        return redirect(_PAGE)

    return only_forms


@login_required
@never_cache
@require_safe
def account(request: OwnRequest) -> HttpResponse:
    """Show everything about the account."""
    note_now(request)
    return _page(request)


@posted
def profile(request: OwnRequest) -> HttpResponse:
    """Change what others read."""
    form = ProfileForm(request.POST)
    if not _done(form, lambda values: services.change_profile(request.user, **values)):
        return _page(request, profile_form=form)
    messages.success(request, _("Saved."))
    return redirect(_PAGE)


@posted
def picture(request: OwnRequest, kind: str) -> HttpResponse:
    """Set the avatar or the banner, or take it away."""
    if "remove" in request.POST:
        services.remove_picture(request.user, Kind(kind))
        return redirect(_PAGE)
    form = PictureForm(request.POST, request.FILES)
    is_set = _done(
        form,
        lambda values: services.set_picture(
            request.user, Kind(kind), values["file"].read(MOST_BYTES + 1)
        ),
    )
    if not is_set:
        forms: dict[str, Any] = {f"{kind}_form": form}
        return _page(request, **forms)
    messages.success(request, _("Saved."))
    return redirect(_PAGE)


@posted
def email(request: OwnRequest) -> HttpResponse:
    """Mail a link to another address."""
    form = EmailForm(request.POST)
    site = site_of(request)
    if not _done(form, lambda v: services.ask_for_other_email(request.user, **v, site=site)):
        return _page(request, email_form=form)
    sentence = _("Open the link that we sent to %(email)s.")
    messages.success(request, sentence % {"email": form.cleaned_data["email"]})
    return redirect(_PAGE)


@posted
def resend(request: OwnRequest) -> HttpResponse:
    """Mail the link for the address once more."""
    services.resend_verification(request.user, site=site_of(request))
    messages.success(request, _("The mail is on its way."))
    return redirect(_PAGE)


@posted
def password(request: OwnRequest) -> HttpResponse:
    """Change the password; this browser stays signed in."""
    form = PasswordForm(request.POST)
    address = address_of_request(request)
    if not _done(form, lambda v: services.change_password(request.user, **v, address=address)):
        return _page(request, password_form=form)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You have a new password, and are signed out everywhere else."))
    return redirect(_PAGE)


@posted
def end_session(request: OwnRequest, public_id: str) -> HttpResponse:
    """Sign out in another place, or here."""
    services.sign_out_of(request.user, public_id)
    if public_id == _current(request):
        logout(request)
        return redirect("home")
    messages.success(request, _("Signed out there."))
    return redirect(_PAGE)


@posted
def sign_out_everywhere(request: OwnRequest) -> HttpResponse:
    """Sign out in every place, here too."""
    services.sign_out_everywhere(request.user)
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("accounts:sign-in")


@posted
def make_token(request: OwnRequest) -> HttpResponse:
    """Make a token, and show its secret in the answer: there is no other time."""
    form = TokenForm(request.POST)
    made: list[services.NewToken] = []
    address = address_of_request(request)
    if not _done(
        form,
        lambda _v: made.append(
            services.create_token(request.user, **form.values(), address=address)
        ),
    ):
        return _page(request, token_form=form)
    return _page(request, status=200, new_token=made[0])


@posted
def revoke_token(request: OwnRequest, public_id: str) -> HttpResponse:
    """Revoke a token."""
    services.revoke_token(request.user, public_id, address=address_of_request(request))
    messages.success(request, _("The token works no more."))
    return redirect(_PAGE)


@posted
def export(request: OwnRequest) -> HttpResponse:
    """Hand out everything that the site knows of somebody."""
    response = HttpResponse(services.export(request.user), content_type="application/zip")
    name = f"streair-{request.user.username}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: OwnRequest) -> HttpResponse:
    """Delete the account, after asking for the password."""
    form = DeleteForm(request.POST if request.method == "POST" else None)
    address = address_of_request(request)
    if request.method == "POST" and _done(
        form, lambda v: services.leave(request.user, **v, address=address)
    ):
        logout(request)
        messages.info(request, _("Your account is gone. Sign in if you want it back."))
        return redirect("home")
    page = {"form": form, "days": settings.LEAVING_DAYS}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/delete.html", page, status=status)


@posted
def restore(request: OwnRequest) -> HttpResponse:
    """Take back that the account be deleted."""
    services.restore(request.user, address=address_of_request(request))
    messages.success(request, _("Good that you stay!"))
    return redirect(_PAGE)


def _done(form: TakingForm, service: Callable[[dict[str, Any]], object]) -> bool:
    """Hand what is in the form to the service; whether both took it. The form says what was wrong."""
    if not form.is_valid():
        return False
    try:
        service(form.cleaned_data)
    except StreAirError as refusal:
        form.take(refusal)
        return False
    return True


def _page(request: OwnRequest, *, status: int = 422, **forms: Any) -> HttpResponse:
    """Show the page; `forms` stand in for the empty ones, with what was wrong."""
    user = request.user
    # What a form changed in memory and did not save must not be shown.
    user.refresh_from_db()
    page = {
        "profile_form": ProfileForm.of(user),
        "avatar_form": PictureForm(auto_id="avatar-%s"),
        "banner_form": PictureForm(auto_id="banner-%s"),
        "email_form": EmailForm(auto_id="email-%s"),
        "password_form": PasswordForm(auto_id="password-%s"),
        "token_form": TokenForm(auto_id="token-%s"),
        "sign_ins": selectors.sign_ins_of(user),
        "tokens": selectors.tokens_of(user),
        "current": _current(request),
        "days": settings.LEAVING_DAYS,
        **_bells(user, followed_before(request.GET)),
        # Links in mails need the site's address, and those mails are not an answer to anybody's request.
        "sends_news": bool(settings.CLIENT_URL),
        **forms,
    }
    return render(request, "accounts/account.html", page, status=status if forms else 200)


def followed_before(given: QueryDict) -> int | None:
    """Return behind which follow the bells begin that a page or its form is about."""
    key = given.get("followed-before", "")
    return int(key) if key.isascii() and key.isdigit() and len(key) <= 18 else None


def _bells(user: User, before: int | None) -> dict[str, Any]:
    """Return some of those whom `user` follows, and where those begin that were followed earlier."""
    follows = selectors.following(user, before=before, limit=_MOST_BELLS + 1)
    return {
        "follows": follows[:_MOST_BELLS],
        "earlier": follows[_MOST_BELLS - 1].pk if len(follows) > _MOST_BELLS else None,
        "are_not_the_last": before is not None,
        "followed_before": before,
    }


def _current(request: HttpRequest) -> str:
    return str((request.session.get(NOTE) or {}).get("id", ""))
