"""What people want to hear of, in which language, and how they make it stop."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.core import signing
from django.db import transaction

from accounts.links import bad_link
from accounts.models import Follow, User

_SALT = "accounts.stop-mails"
_MOST_CHARACTERS = 300
# As long as somebody may look for the link in an old mail.
_SECONDS = 400 * 24 * 3600


@transaction.atomic
def change_notifications(
    user: User,
    *,
    on_site: bool,
    by_mail: bool,
    shown: Collection[int] = (),
    wanted: Collection[int] = (),
) -> None:
    """Set how `user` is told that somebody goes live, and of whom.

    `shown` are the people whom the form had, `wanted` those who were ticked: of others nothing changes.
    """
    user.notify_on_site, user.notify_by_mail = on_site, by_mail
    user.save(update_fields=["notify_on_site", "notify_by_mail"])
    follows = Follow.objects.filter(follower=user, followed__in=shown)
    follows.filter(followed__in=wanted).update(notifies=True)
    follows.exclude(followed__in=wanted).update(notifies=False)


def choose_language(user: User, language: str) -> None:
    """Keep the language with the account: mails are written in it."""
    if language in dict(settings.LANGUAGES) and language != user.language:
        user.language = language
        user.save(update_fields=["language"])


def stop_link(user: User) -> str:
    """Return the signed part of the link with which mails end, without a sign-in."""
    return signing.dumps(user.pk, salt=_SALT)


def reader_of(token: str) -> User:
    """Return whose mails a link ends, or raise Invalid."""
    if len(token) > _MOST_CHARACTERS or not token.isascii():
        raise bad_link()
    try:
        pk = signing.loads(token, salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError) as exc:
        raise bad_link() from exc
    user: User | None = User.objects.filter(pk=pk).first()
    if user is None:
        raise bad_link()
    return user


def stop_mails(token: str) -> None:
    """Send no more mails about streams to whoever got this link; twice is as good as once. Raises Invalid."""
    User.objects.filter(pk=reader_of(token).pk).update(notify_by_mail=False)
