"""Leaving: being locked out, asking to be deleted, coming back, being forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import audit, outbox, registry
from accounts.models import Follow, PersonalToken, SignIn, User
from accounts.services.passwords import confirm_password
from accounts.services.pictures import drop_picture
from accounts.services.sign_ins import sign_out_everywhere
from streair.core.errors import NotAllowed


def account_is_leaving() -> NotAllowed:
    """Return the error for what somebody may not do who asked to be deleted."""
    return NotAllowed(
        _("This account is about to be deleted. Restore it first."), code="account-leaving"
    )


def leave(user: User, *, password: str, address: str) -> User:
    """Ask for one's own account to be deleted.

    It is hidden and signed out at once, and erased after LEAVING_DAYS, unless its owner signs in
    and restores it. Raises Invalid for a wrong password, or TooFast.
    """
    confirm_password(user, password)
    with transaction.atomic():
        asked = User.objects.filter(pk=user.pk, leaving_since__isnull=True)
        if asked.update(leaving_since=now()):
            audit.record("user.deletion-asked", target=user, actor=user, address=address)
            registry.leave(user)
            sign_out_everywhere(user)
            if user.email_verified:
                outbox.put(outbox.Kind.LEAVING, [user], to=user.email)
    user.refresh_from_db(fields=["leaving_since"])
    return user


@transaction.atomic
def restore(user: User, *, address: str) -> User:
    """Take the wish to be deleted back. Does nothing when there is none."""
    waiting = User.objects.filter(pk=user.pk, leaving_since__isnull=False, erased__isnull=True)
    if waiting.update(leaving_since=None):
        audit.record("user.deletion-taken-back", target=user, actor=user, address=address)
    user.refresh_from_db(fields=["leaving_since"])
    return user


@transaction.atomic
def deactivate(user: User, *, by: User | None, reason: str = "", address: str = "") -> None:
    """Lock somebody out: every sign-in, token, socket and stream of theirs ends.

    Does nothing when they are locked out.
    """
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        user.refresh_from_db(fields=["is_active"])
        _record("user.deactivated", user, by, reason, address, before=True, after=False)
        registry.leave(user)
        sign_out_everywhere(user)
    user.refresh_from_db(fields=["is_active"])


@transaction.atomic
def reactivate(user: User, *, by: User | None, reason: str = "", address: str = "") -> None:
    """Let somebody in again; they sign in anew. Does nothing for whom was erased."""
    locked_out = User.objects.filter(pk=user.pk, is_active=False, erased__isnull=True)
    if locked_out.update(is_active=True):
        _record("user.reactivated", user, by, reason, address, before=False, after=True)
    user.refresh_from_db(fields=["is_active"])


def erase_due(*, at: datetime) -> int:
    """Erase everybody whose grace is over; return how many."""
    asked = at - timedelta(days=settings.LEAVING_DAYS)
    due = User.objects.filter(leaving_since__lte=asked, erased__isnull=True)
    return sum(_erase(user, asked, at) for user in due)


@transaction.atomic
def _erase(user: User, asked: datetime, at: datetime) -> bool:
    """Leave of a person nothing but a number that messages and rooms belong to."""
    pictures = [user.avatar, user.banner]
    still_due = User.objects.filter(pk=user.pk, leaving_since__lte=asked, erased__isnull=True)
    # Locked: they may come back while we look.
    if not still_due.select_for_update().exists():
        return False
    # While there is still a name to look for.
    registry.erase(user)
    still_due.update(
        username=f"deleted-{user.pk}",
        skeleton="",
        email="",
        email_verified=False,
        display_name="",
        bio="",
        theme="",
        language="",
        links=[],
        avatar="",
        banner="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        link_version=F("link_version") + 1,
        erased=at,
    )
    user.refresh_from_db()
    registry.rename(user)
    sign_out_everywhere(user)
    user.groups.clear()
    user.user_permissions.clear()
    SignIn.objects.filter(user=user).delete()
    PersonalToken.objects.filter(user=user).delete()
    Follow.objects.filter(Q(follower=user) | Q(followed=user)).delete()
    for picture in pictures:
        drop_picture(picture)
    audit.forget_name(user)
    audit.record("user.erased", target=user, actor=None)
    return True


def _record(
    action: str,
    user: User,
    by: User | None,
    reason: str,
    address: str,
    *,
    before: bool,
    after: bool,
) -> None:
    audit.record(
        action,
        target=user,
        actor=by,
        before={"is_active": before},
        after={"is_active": after},
        reason=reason,
        address=address,
    )
