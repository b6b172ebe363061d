"""Passwords: judging, confirming, changing, getting a new one by mail."""

from __future__ import annotations

import unicodedata

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, limits, links, outbox
from accounts.models import User
from accounts.services.sign_ins import sign_out_everywhere
from streair.core.errors import Invalid

# An address that nobody has verified may stand in several accounts.
_MOST_ACCOUNTS = 3


def password_errors(user: User, password: str) -> dict[str, list[str]]:
    """Return what is wrong with a new password, by field."""
    try:
        validate_password(password, user)
    except ValidationError as exc:
        return {"password": exc.messages}
    return {}


def confirm_password(user: User, password: str, *, field: str = "password") -> None:
    """Make sure that it is really them. Raises Invalid, naming `field`, or TooFast."""
    limits.spend_own(limits.PASSWORD_CHECKS, user)
    typed = dict.fromkeys([unicodedata.normalize("NFC", password), password])
    if not any(map(user.check_password, typed)):
        sentences = [_("This is not your password.")]
        raise Invalid(
            _("This is not your password."), code="wrong-password", errors={field: sentences}
        )


def change_password(user: User, *, current: str, password: str, address: str) -> None:
    """Give `user` another password, and end every sign-in, token, socket and stream of theirs.

    Raises Invalid for `current` or `password`, or TooFast.
    """
    confirm_password(user, current, field="current")
    _set(user, password, action="user.password-changed", address=address)


def send_reset(*, email: str, site: str) -> None:
    """Mail links for a new password to whoever has `email`; to nobody, if nobody has.

    Looks and takes the same either way.
    """
    people = User.objects.active().filter(email__iexact=email.strip())
    found = list(people.order_by("-email_verified", "pk")[:_MOST_ACCOUNTS])
    if found and found[0].email_verified:
        found = found[:1]
    outbox.put(outbox.Kind.RESET, found, site=site)


def reset_password(token: str, *, password: str, address: str) -> User:
    """Set a new password by a link, which also proves the address.

    Raises Invalid for `password`, or ("link-invalid") when the link was used, is too old or none of ours.
    """
    link = links.read(links.Purpose.PASSWORD, token)
    good = User.objects.able(link.user_id, link_version=link.version)
    user: User | None = good.first()
    if user is None:
        raise links.bad_link()
    errors = password_errors(user, unicodedata.normalize("NFC", password))
    if errors:
        raise Invalid(_("Some of this cannot be used."), errors=errors)
    with transaction.atomic():
        # Claimed before anything else: the second of two who come at once finds it used.
        if not good.update(link_version=F("link_version") + 1):
            raise links.bad_link()
        _prove(user, link.email)
        _set(user, password, action="user.password-reset", address=address)
    return user


def is_good_reset(token: str) -> bool:
    """Whether a link would still work."""
    try:
        link = links.read(links.Purpose.PASSWORD, token)
    except Invalid:
        return False
    return bool(User.objects.able(link.user_id, link_version=link.version).exists())


@transaction.atomic
def _set(user: User, password: str, *, action: str, address: str) -> None:
    password = unicodedata.normalize("NFC", password)
    errors = password_errors(user, password)
    if errors:
        raise Invalid(_("Some of this cannot be used."), errors=errors)
    user.set_password(password)
    user.save(update_fields=["password"])
    User.objects.filter(pk=user.pk).update(link_version=F("link_version") + 1)
    sign_out_everywhere(user)
    audit.record(action, target=user, actor=user, address=address)
    if user.email_verified:
        outbox.put(outbox.Kind.PASSWORD_CHANGED, [user], to=user.email)


def _prove(user: User, email: str) -> None:
    """They read mails to `email`: it is theirs, unless somebody has proved that before."""
    if user.email_verified or user.email.lower() != email.lower():
        return
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(email_verified=True)
    except IntegrityError:
        return
    user.email_verified = True
