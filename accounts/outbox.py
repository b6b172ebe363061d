"""Mails on their way: put into the queue as what they are about, written and sent by the worker.

Beside the request, because nobody may tell from the clock whether there was anything to send, and because a mail
server that is slow or away must not keep anybody from an account. The row says whom a mail is for and what it
is about; a link is made when the mail is, so that no row ever holds one.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable
from enum import StrEnum

from django.conf import settings
from django.core import mail as django_mail
from django.db import transaction
from django.utils.translation import get_language, override
from django_tasks import task

from accounts import links, mails
from accounts.models import User
from streair.core import tasks
from streair.core.tasks import GivenUp, TryLater

EMAIL_PATH = "/account/email/confirm/"
RESET_PATH = "/account/password/new/"


class Kind(StrEnum):
    """What a mail is about."""

    VERIFY = "verify"
    RESET = "reset"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a word, not one of them.
    EMAIL_CHANGED = "email-changed"
    LEAVING = "leaving"


def put(kind: Kind, people: Iterable[User], *, to: str = "", site: str = "") -> None:
    """Have a mail sent to each of `people`, in the language that is spoken now, with this transaction.

    Costs the same for nobody as for somebody. `to` is the address, when it is not (or soon not) the person's own.
    """
    tasks.put(
        send_mail,
        kind=kind.value,
        people=[[user.pk, user.link_version] for user in people],
        to=to,
        site=site,
        language=get_language() or settings.LANGUAGE_CODE,
    )


# Its path and its arguments stand in rows that outlive a deploy: add arguments with defaults only.
@task()
def send_mail(kind: str, people: list[list[int]], to: str, site: str, language: str) -> None:
    """Write the mail and send it. Raises TryLater or GivenUp."""
    if len(people) > 1:
        # One task each: what was sent to one is not sent again because of another.
        with transaction.atomic():
            for person in people:
                send_mail.enqueue(kind=kind, people=[person], to=to, site=site, language=language)
        return
    for pk, version in people:
        user = User.objects.filter(pk=pk).first()
        with override(language):
            mail = user and _WRITERS[Kind(kind)](user, version, to, site)
            if mail:
                send(mail)


def _verify(user: User, version: int, to: str, site: str) -> mails.Mail | None:
    # A newer wish ends older links: to send one now would give the older address the newer link.
    if not _may_use_link(user, version):
        return None
    token = links.new(links.Purpose.EMAIL, user, email=to)
    return mails.verify(to, f"{site}{EMAIL_PATH}{token}/")


def _reset(user: User, version: int, _to: str, site: str) -> mails.Mail | None:
    if not _may_use_link(user, version):
        return None
    token = links.new(links.Purpose.PASSWORD, user, email=user.email)
    return mails.reset(user.username, user.email, f"{site}{RESET_PATH}{token}/")


def _password_changed(user: User, _version: int, to: str, _site: str) -> mails.Mail:
    return mails.password_changed(user.shown_name, to)


def _email_changed(user: User, _version: int, to: str, _site: str) -> mails.Mail:
    return mails.email_changed(user.shown_name, to)


def _leaving(user: User, _version: int, to: str, _site: str) -> mails.Mail | None:
    # They may have come back before the mail server did.
    return mails.leaving(user.shown_name, to, settings.LEAVING_DAYS) if user.is_leaving else None


_WRITERS: dict[Kind, Callable[[User, int, str, str], mails.Mail | None]] = {
    Kind.VERIFY: _verify,
    Kind.RESET: _reset,
    Kind.PASSWORD_CHANGED: _password_changed,
    Kind.EMAIL_CHANGED: _email_changed,
    Kind.LEAVING: _leaving,
}


def _may_use_link(user: User, version: int) -> bool:
    return user.is_active and user.link_version == version


def send(mail: mails.Mail) -> None:
    """Hand a mail to the mail server. Raises TryLater or GivenUp."""
    message = django_mail.EmailMessage(
        mail.subject, mail.text, None, [mail.to], headers=dict(mail.headers)
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as exc:
        raise (GivenUp if _is_final(exc) else TryLater)(str(exc)) from exc


def _is_final(exc: Exception) -> bool:
    """Whether the mail server would say the same again (RFC 5321: 5yz), or there is no mail in this at all.

    That it does not know us, or does not let us in, is for the site's keepers to mend; meanwhile the mail waits.
    """
    if isinstance(exc, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _said in exc.recipients.values())
    if isinstance(exc, (smtplib.SMTPDataError, smtplib.SMTPSenderRefused)):
        return exc.smtp_code >= 500
    return not isinstance(exc, OSError)  # smtplib's errors are OSErrors, too.
