"""Personal access tokens: for bots and docks, which have no browser to sign in with."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.signins import new_public_id


class PersonalToken(models.Model):
    """A secret that may do some things in somebody's name; found by its hash, shown once."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # The last characters, by which its owner knows it again.
    ending = models.CharField(max_length=4, editable=False)
    # Values of streair.core.api.scopes.Scope.
    scopes = models.JSONField(_("permissions"), default=list)
    # The owner's token version when it was made: it ends with everything else.
    token_version = models.PositiveIntegerField(editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    used = models.DateTimeField(_("last used"), null=True, blank=True)
    address = models.GenericIPAddressField(_("last address"), null=True, blank=True)

    objects: ClassVar[models.Manager[PersonalToken]] = models.Manager()

    class Meta:
        verbose_name = _("personal access token")
        verbose_name_plural = _("personal access tokens")
        ordering: ClassVar = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.name
