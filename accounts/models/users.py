"""Who people are."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.picture_urls import picture_url

username_characters = RegexValidator(
    r"\A[A-Za-z0-9_.]+\Z",
    _("Use only letters without marks, digits, “_” and “.”."),
    code="username-characters",
)


class UserQuerySet(models.QuerySet["User"]):
    """Adjectives for people."""

    def named(self, username: str) -> Self:
        """Those called `username`, whatever the case."""
        return self.filter(username__iexact=username)

    def able(self, pk: int, *, link_version: int) -> Self:
        """The one who may use a link in a mail, unless it was used."""
        return self.active().filter(pk=pk, link_version=link_version)

    def active(self) -> Self:
        """Those who may sign in."""
        return self.filter(is_active=True)

    def shown(self) -> Self:
        """Those whom others may find: neither locked out nor about to leave."""
        return self.filter(is_active=True, leaving_since__isnull=True)


class Users(UserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people by name without regard to case, as sign-in does."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user called `username`, whatever the case."""
        user: User = self.get(username__iexact=username)
        return user


class User(AbstractUser):
    """A person with an account; every one of them may stream."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    username = models.CharField(
        _("user name"),
        max_length=30,
        unique=True,
        validators=[MinLengthValidator(3), username_characters],
        error_messages={"unique": _("This user name is taken.")},
    )
    # What others could take for this name (accounts.names); empty in rows that clashed before there was one.
    skeleton = models.CharField(max_length=60, blank=True, default="", editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    # Only a verified address belongs to somebody: whoever merely typed it must not keep its owner out.
    email_verified = models.BooleanField(_("e-mail verified"), default=False)
    display_name = models.CharField(_("display name"), max_length=50, blank=True)
    bio = models.CharField(_("about me"), max_length=500, blank=True)
    # [{"title": …, "url": …}], in the owner's order.
    links = models.JSONField(_("links"), default=list, blank=True)
    # Names of pictures in MEDIA_ROOT without size and ending (accounts.pictures), or "".
    avatar = models.CharField(max_length=60, blank=True, default="", editable=False)
    banner = models.CharField(max_length=60, blank=True, default="", editable=False)
    # light, dark or system; "" while they have not chosen, so that a browser's cookie decides.
    theme = models.CharField(max_length=6, blank=True, default="", editable=False)
    # vi or en, as last chosen: what mails are written in. "" while they have not.
    language = models.CharField(max_length=5, blank=True, default="", db_default="", editable=False)
    # What they hear when somebody whom they follow goes live.
    notify_on_site = models.BooleanField(_("told on the site"), default=True, db_default=True)
    notify_by_mail = models.BooleanField(_("told by mail"), default=False, db_default=False)
    # Since when they want to be gone; the worker erases them after a grace.
    leaving_since = models.DateTimeField(_("leaving since"), null=True, blank=True, db_index=True)
    erased = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # Links in mails carry this number; using one raises it, so that each works once.
    link_version = models.PositiveIntegerField(default=0, editable=False)
    # Every token, session and socket carries this number; raising it ends them all.
    token_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Users] = Users()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        # `iexact` asks for the upper case.
        indexes: ClassVar = [models.Index(Upper("email"), name="user_email_whatever_case")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique_whatever_case",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(email_verified=True),
                name="user_email_one_owner",
                violation_error_message=_("This e-mail address is in use already."),
            ),
            models.UniqueConstraint(
                fields=["skeleton"],
                condition=~Q(skeleton=""),
                name="user_skeleton_unique",
                violation_error_message=_("This user name looks like one that is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """The name that others read."""
        if self.erased:
            return gettext("deleted user")
        return self.display_name or self.username

    @property
    def avatar_url(self) -> str:
        """Where a small picture of them is, or ""."""
        return picture_url(self.avatar, "128")

    @property
    def banner_url(self) -> str:
        """Where the picture over their channel is, or ""."""
        return picture_url(self.banner, "1500")

    @property
    def is_leaving(self) -> bool:
        """Whether they asked to be deleted and may still come back."""
        return self.leaving_since is not None and self.erased is None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must hold to be this user's; Django's own, and the token version."""
        value = f"{self.password}:{self.token_version}"
        salt = "accounts.models.User.session"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """Return the name that others read (the admin asks for it)."""
        return self.shown_name

    def get_short_name(self) -> str:
        """Return the user name (the admin asks for it)."""
        return self.username
