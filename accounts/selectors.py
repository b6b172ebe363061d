"""Reading who people are."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.models import Follow, PersonalToken, SignIn, User
from streair.core.errors import NotFound


def person(username: str) -> User:
    """Return the person called `username`, whatever the case, or raise NotFound.

    Who is locked out or about to leave is not there.
    """
    try:
        user: User = User.objects.shown().named(username).get()
    except User.DoesNotExist as exc:
        raise NotFound(_("There is nobody of this name here."), code="user-not-found") from exc
    return user


def follower_count(user: User) -> int:
    """Return how many people follow `user`."""
    return Follow.objects.filter(followed=user, follower__is_active=True).count()


def following_count(user: User) -> int:
    """Return how many people `user` follows."""
    return _followed(user).count()


def is_following(follower: User, followed: User) -> bool:
    """Whether one follows the other."""
    return Follow.objects.filter(follower=follower, followed=followed).exists()


def following(user: User, *, before: int | None, limit: int) -> list[Follow]:
    """Return whom `user` follows, the latest first; those behind the follow with the key `before`."""
    rows = _followed(user).select_related("followed").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


def has_followers(user: User) -> bool:
    """Whether anybody follows `user`."""
    return Follow.objects.filter(followed=user).exists()


def told_on_site(followed_id: int, among: Collection[int]) -> set[int]:
    """Return who of these people want to hear on the site that somebody goes live."""
    rows = Follow.objects.filter(
        followed_id=followed_id, notifies=True, follower__notify_on_site=True
    )
    return set(rows.filter(follower__in=among).values_list("follower_id", flat=True))


def told_by_mail(followed_id: int, *, after: int = 0, limit: int) -> list[int]:
    """Return the keys of the follows of those who want a mail when somebody goes live, from behind `after` on."""
    rows = Follow.objects.filter(
        followed_id=followed_id,
        notifies=True,
        follower__notify_by_mail=True,
        follower__email_verified=True,
        follower__is_active=True,
        follower__leaving_since__isnull=True,
    )
    return list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])


def sign_ins_of(user: User) -> list[SignIn]:
    """Return where `user` is signed in, the latest seen first."""
    rows = list(SignIn.objects.lasting(now()).filter(user=user))
    keys = [row.session_key for row in rows if row.session_key]
    # Sessions also end without our hearing of it: by the administration's door, or a shell.
    alive = Session.objects.filter(pk__in=keys, expire_date__gt=now())
    sessions = set(alive.values_list("pk", flat=True))
    # Two requests of a new session may have written it down at the same time.
    browsers = {row.session_key: row for row in reversed(rows) if row.session_key in sessions}
    return [row for row in rows if not row.session_key or row is browsers.get(row.session_key)]


def tokens_of(user: User) -> QuerySet[PersonalToken]:
    """Return the personal tokens of `user`, the latest first."""
    return PersonalToken.objects.filter(user=user, token_version=F("user__token_version"))


def _followed(user: User) -> QuerySet[Follow]:
    return Follow.objects.filter(
        follower=user, followed__is_active=True, followed__leaving_since__isnull=True
    )
