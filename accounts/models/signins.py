"""Where people are signed in: browsers and apps."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def new_public_id() -> str:
    """Return a fresh id that may leave the server: 96 bits, URL-safe."""
    return secrets.token_urlsafe(12)


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Adjectives for sign-ins."""

    def lasting(self, at: datetime) -> Self:
        """Those that are not over."""
        return self.filter(revoked__isnull=True, expires__gt=at)


class SignIn(models.Model):
    """One place where somebody is signed in: a browser with its session, or an app with its tokens.

    An app's tokens are a family: each refresh token is good for one successor, and whoever
    shows a used one ends them all.
    """

    class Kind(models.TextChoices):
        """What signed in."""

        BROWSER = "browser", _("Browser")
        APP = "app", _("App")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    session_key = models.CharField(max_length=40, blank=True, db_index=True, editable=False)
    # The `jti` of the one refresh token that is good.
    refresh_jti = models.CharField(max_length=32, blank=True, editable=False)
    created = models.DateTimeField(_("since"), auto_now_add=True)
    seen = models.DateTimeField(_("last seen"))
    expires = models.DateTimeField(_("expires"), db_index=True)
    revoked = models.DateTimeField(_("revoked"), null=True, blank=True)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    user_agent = models.CharField(_("program"), max_length=300, blank=True)

    objects: ClassVar[SignInQuerySet] = SignInQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering: ClassVar = ["-seen"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"
