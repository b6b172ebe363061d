"""E-mail addresses: whose they are."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, limits, links, outbox
from accounts.models import User
from accounts.services.passwords import confirm_password
from streair.core.errors import Conflict, Invalid


def normalize(email: str) -> str:
    """Return an address as it is stored."""
    found: str = User.objects.normalize_email(unicodedata.normalize("NFC", email).strip())
    return found


def send_verification(user: User, *, site: str, email: str = "") -> None:
    """Mail a link that makes `email` (the user's own, unless given) theirs."""
    outbox.put(outbox.Kind.VERIFY, [user], to=email or user.email, site=site)


def resend_verification(user: User, *, site: str) -> None:
    """Mail the link once more. Does nothing when the address is verified; raises TooFast."""
    limits.spend_own(limits.MAILS, user)
    if not user.email_verified:
        send_verification(user, site=site)


def ask_for_other_email(user: User, *, email: str, password: str, site: str) -> None:
    """Mail a link to `email` that makes it the user's address; links from before work no more.

    Raises Invalid for a wrong password and for what is no address, TooFast. Does not tell whether
    the address is somebody else's: whoever reads its mails finds out.
    """
    email = normalize(email)
    confirm_password(user, password)
    limits.spend_own(limits.MAILS, user)
    try:
        User(email=email).clean_fields(exclude=["username", "password"])
    except ValidationError as exc:
        raise Invalid(_("Some of this cannot be used."), errors=exc.message_dict) from exc
    User.objects.filter(pk=user.pk).update(link_version=F("link_version") + 1)
    user.refresh_from_db(fields=["link_version"])
    send_verification(user, site=site, email=email)


def verify(token: str) -> User:
    """Make the address that the link was sent to its user's own.

    Raises Invalid ("link-invalid") when the link was used, is too old or none of ours, and
    Conflict ("email-taken") when another account has proved meanwhile that it reads this address.
    """
    link = links.read(links.Purpose.EMAIL, token)
    good = User.objects.able(link.user_id, link_version=link.version)
    before: User | None = good.first()
    if before is None:
        raise links.bad_link()
    try:
        with transaction.atomic():
            changed = good.update(
                email=link.email, email_verified=True, link_version=F("link_version") + 1
            )
            if changed and before.email.lower() != link.email.lower():
                _tell_of_change(before, link.email)
    except IntegrityError as exc:
        raise Conflict(
            _("This address belongs to another account. Sign in to that one, or delete it first."),
            code="email-taken",
        ) from exc
    if not changed:
        raise links.bad_link()
    before.refresh_from_db()
    return before


def _tell_of_change(user: User, email: str) -> None:
    audit.record(
        "user.email-changed",
        target=user,
        actor=user,
        before={"email": _masked(user.email)},
        after={"email": _masked(email)},
    )
    if user.email_verified:
        outbox.put(outbox.Kind.EMAIL_CHANGED, [user], to=user.email)


def _masked(email: str) -> str:
    """Return an address for the log, which outlives the account."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"
