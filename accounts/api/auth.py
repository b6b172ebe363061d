"""Endpoints for getting in, going on and getting out; passwords and addresses."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits, selectors, services
from accounts.api import serializers as shapes
from accounts.api.people import own
from accounts.api.requests import SignedInRequest, address_of, agent_of, plain, sign_in_id
from accounts.credentials import Credential
from accounts.middleware import note_now
from accounts.models import User
from accounts.services import Tokens
from accounts.site import site_of
from streair.core.api.schema import errors
from streair.core.api.views import ApiView
from streair.core.errors import Invalid, SignInFirst

_TAG = ["auth"]


class _Door(ApiView):
    """An endpoint for who is not signed in: a session or an old token beside the request does not count."""

    authentication_classes = []
    permission_classes = [AllowAny]


class Register(_Door):
    """POST: become somebody."""

    @extend_schema(
        operation_id="register",
        tags=_TAG,
        request=shapes.RegisterIn,
        responses={201: shapes.SignedInOut, **errors("username-taken")},
        examples=[
            OpenApiExample(
                "A newcomer",
                {"username": "linh", "email": "linh@example.org", "password": "harbor-at-dawn"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Create an account and sign in to it."""
        values = _read(shapes.RegisterIn, request)
        limits.count_sign_up(plain(request), values["email"])
        user = services.sign_up(**values, site=site_of(plain(request)))
        return Response(_signed_in(request, user), status=201)


class Login(_Door):
    """POST: sign in."""

    @extend_schema(
        operation_id="login",
        tags=_TAG,
        request=shapes.LoginIn,
        responses={200: shapes.SignedInOut, **errors("wrong-credentials")},
        examples=[
            OpenApiExample(
                "By e-mail",
                {"email": "linh@example.org", "password": "harbor-at-dawn"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Sign in by e-mail address or user name."""
        values = _read(shapes.LoginIn, request)
        name = values.get("email") or values.get("username")
        if not name:
            raise Invalid(
                _("Some of this cannot be used."), errors={"email": [_("Say who you are.")]}
            )
        limits.count_sign_in(plain(request), name)
        user = authenticate(plain(request), username=name, password=values["password"])
        if not isinstance(user, User):
            raise SignInFirst(
                _("This name and this password do not belong together."), code="wrong-credentials"
            )
        return Response(_signed_in(request, user))


class Refresh(_Door):
    """POST: the next pair of tokens."""

    @extend_schema(
        operation_id="refresh",
        tags=_TAG,
        request=shapes.RefreshIn,
        responses={200: shapes.TokensOut, **errors("token-invalid")},
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token, which works once; showing it again ends the whole family."""
        values = _read(shapes.RefreshIn, request)
        tokens = services.refresh_app(values["refresh"], address=address_of(request))
        return Response({"token": tokens.access, "refresh": tokens.refresh})


class Logout(ApiView):
    """POST: sign out."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="logout", tags=_TAG, request=shapes.LogoutIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """End the sign-in that asks, or the one that `refresh` belongs to."""
        refresh = _read(shapes.LogoutIn, request).get("refresh")
        if refresh:
            services.sign_out_app(refresh)
        elif isinstance(request.auth, Credential) and request.auth.sign_in is not None:
            services.sign_out(request.auth.sign_in)
        elif request.user.is_authenticated:
            _sign_out_here(request)
        else:
            raise SignInFirst(_("Please sign in first."))
        return Response(status=204)


class LogoutEverywhere(ApiView):
    """POST: sign out wherever one is signed in."""

    permission_classes = [IsAuthenticated]
    is_open_to_leaving = True

    @extend_schema(operation_id="logoutEverywhere", tags=_TAG, request=None, responses={204: None})
    def post(self, request: SignedInRequest) -> Response:
        """End every session, token, socket and stream, this one included."""
        services.sign_out_everywhere(request.user)
        if request.auth is None:
            logout(plain(request))
        return Response(status=204)


class Password(ApiView):
    """PUT another password."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="changePassword",
        tags=_TAG,
        request=shapes.PasswordIn,
        responses={200: shapes.PasswordOut, **errors("wrong-password", 422)},
    )
    def put(self, request: SignedInRequest) -> Response:
        """Change the password. Everything else that is signed in is not any more."""
        values = _read(shapes.PasswordIn, request)
        services.change_password(request.user, **values, address=address_of(request))
        if request.auth is not None:
            return Response(_signed_in(request, request.user))
        update_session_auth_hash(plain(request), request.user)
        return Response({"user": own(request.user)})


class PasswordReset(_Door):
    """POST: ask for a link by which to choose a new password."""

    @extend_schema(
        operation_id="askForPasswordReset",
        tags=_TAG,
        request=shapes.EmailIn,
        responses={202: None},
    )
    def post(self, request: Request) -> Response:
        """Send it to this address, if somebody has it. The answer does not say."""
        email = _read(shapes.EmailIn, request)["email"]
        limits.count_reset(plain(request), email)
        services.send_reset(email=email, site=site_of(plain(request)))
        return Response(status=202)


class PasswordResetConfirm(_Door):
    """POST: choose a new password by a link."""

    @extend_schema(
        operation_id="resetPassword",
        tags=_TAG,
        request=shapes.NewPasswordIn,
        responses={204: None, **errors("link-invalid", 422)},
    )
    def post(self, request: Request) -> Response:
        """Set the password; then sign in with it."""
        values = _read(shapes.NewPasswordIn, request)
        services.reset_password(**values, address=address_of(request))
        return Response(status=204)


class Email(ApiView):
    """POST another e-mail address."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="changeEmail",
        tags=_TAG,
        request=shapes.NewEmailIn,
        responses={202: None, **errors("wrong-password", 422)},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Send a link to the new address; it becomes yours when you open it."""
        values = _read(shapes.NewEmailIn, request)
        services.ask_for_other_email(request.user, **values, site=site_of(plain(request)))
        return Response(status=202)


class EmailVerify(_Door):
    """POST: prove an address by the link that was sent to it."""

    @extend_schema(
        operation_id="verifyEmail",
        tags=_TAG,
        request=shapes.LinkIn,
        responses={204: None, **errors("link-invalid", "email-taken", 422)},
    )
    def post(self, request: Request) -> Response:
        """Make the address one's own."""
        services.verify(_read(shapes.LinkIn, request)["token"])
        return Response(status=204)


class EmailResend(ApiView):
    """POST: ask for the link once more."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="resendEmail", tags=_TAG, request=None, responses={202: None})
    def post(self, request: SignedInRequest) -> Response:
        """Send it again, unless the address is verified."""
        services.resend_verification(request.user, site=site_of(plain(request)))
        return Response(status=202)


class Sessions(ApiView):
    """GET where one is signed in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="listSessions", tags=_TAG, responses=shapes.SessionOut(many=True))
    def get(self, request: SignedInRequest) -> Response:
        """Return browsers and apps, the latest seen first."""
        note_now(plain(request))
        context = {"current": sign_in_id(request)}
        rows = selectors.sign_ins_of(request.user)
        return Response([shapes.SessionOut(row, context=context).data for row in rows])


class Session(ApiView):
    """DELETE one of them."""

    permission_classes = [IsAuthenticated]
    is_open_to_leaving = True

    @extend_schema(
        operation_id="endSession", tags=_TAG, responses={204: None, **errors("session-not-found")}
    )
    def delete(self, request: SignedInRequest, public_id: str) -> Response:
        """Sign out there."""
        if request.auth is None and public_id == sign_in_id(request):
            _sign_out_here(request)
        else:
            services.sign_out_of(request.user, public_id)
        return Response(status=204)


def _read(shape: type[Any], request: Request) -> dict[str, Any]:
    incoming = shape(data=request.data)
    incoming.is_valid(raise_exception=True)
    values: dict[str, Any] = incoming.validated_data
    return values


def _signed_in(request: Request, user: User) -> dict[str, Any]:
    tokens: Tokens = services.sign_in_app(
        user, address=address_of(request), user_agent=agent_of(request)
    )
    return {"token": tokens.access, "refresh": tokens.refresh, "user": own(user)}


def _sign_out_here(request: Request) -> None:
    public_id = sign_in_id(request)  # type: ignore[arg-type] # There is a session.
    logout(plain(request))
    services.forget_browser(public_id)
