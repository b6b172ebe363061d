"""What mails say, in the language that is spoken. `accounts.outbox` sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from streair.core.brand import brand


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person, finished."""

    to: str
    subject: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


def verify(to: str, url: str) -> Mail:
    """Return the mail that asks whether an address is right.

    Without a name: anybody may have typed the address, and names can look like links.
    """
    text = _(
        "Hello,\n\n"
        "Open this link to confirm that this is your e-mail address at %(site)s:\n\n%(url)s\n\n"
        "It works once, and for %(days)d days. If you did not ask for it, forget this mail."
    )
    days = settings.EMAIL_LINK_TIMEOUT // (24 * 3600)
    values = {"site": brand().name, "url": url, "days": days}
    return Mail(to, _("Confirm your e-mail address"), text % values)


def reset(name: str, to: str, url: str) -> Mail:
    """Return the mail with which somebody gets a new password."""
    text = _(
        "Hello %(name)s,\n\n"
        "Open this link to choose a new password at %(site)s:\n\n%(url)s\n\n"
        "It works once, and for %(hours)d hours. If you did not ask for it, forget this mail: "
        "your password stays as it is."
    )
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    values = {"site": brand().name, "name": name, "url": url, "hours": hours}
    return Mail(to, _("A new password"), text % values)


def password_changed(name: str, to: str) -> Mail:
    """Return the mail that tells of a new password."""
    text = _(
        "Hello %(name)s,\n\n"
        "Your password at %(site)s was changed, and you were signed out everywhere else. "
        "If that was not you, ask for a new password at once."
    )
    return Mail(to, _("Your password was changed"), text % {"site": brand().name, "name": name})


def email_changed(name: str, to: str) -> Mail:
    """Return the mail that tells the old address of the new one."""
    text = _(
        "Hello %(name)s,\n\n"
        "Your account at %(site)s has another e-mail address now; this one is not used any more. "
        "If that was not you, write to the people who run the site."
    )
    return Mail(
        to, _("Your e-mail address was changed"), text % {"site": brand().name, "name": name}
    )


def leaving(name: str, to: str, days: int) -> Mail:
    """Return the mail that tells that an account will be deleted."""
    text = _(
        "Hello %(name)s,\n\n"
        "Your account at %(site)s will be deleted in %(days)d days. "
        "Until then, sign in and restore it if you change your mind."
    )
    values = {"site": brand().name, "name": name, "days": days}
    return Mail(to, _("Your account will be deleted"), text % values)
