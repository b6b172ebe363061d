"""Who people are."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

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

    def active(self) -> Self:
        """Those who may sign in."""
        return self.filter(is_active=True)


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
    email = models.EmailField(_("e-mail"), max_length=254)
    display_name = models.CharField(_("display name"), max_length=50, blank=True)
    bio = models.CharField(_("about me"), max_length=500, blank=True)
    # Every token, session and socket carries this number; raising it ends them all.
    token_version = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[Users] = Users()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_unique_whatever_case",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_whatever_case",
                violation_error_message=_("This e-mail address is in use already."),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """The name that others read."""
        return self.display_name or self.username

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
