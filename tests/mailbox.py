"""The mails that people got: what the queue holds is sent first, as the worker does it."""

from __future__ import annotations

import re

from django.core import mail
from django.utils.timezone import now

from streair.jobs.services import queue


def do_what_waits() -> int:
    """Do every task whose time has come, those that tasks put in included; return how many."""
    done = 0
    while (row := queue.claim(at=now())) is not None:
        queue.carry_out(row)
        done += 1
    return done


def mailed(to: str = "") -> list[mail.EmailMessage]:
    """Return what was sent (to one address)."""
    do_what_waits()
    return [each for each in mail.outbox if not to or each.to == [to]]


def link_in(message: mail.EmailMessage) -> str:
    """Return the signed part of the link in a mail."""
    found = re.search(r"https?://\S+/account/\S+/([^/\s]+)/", str(message.body))
    assert found is not None, message.body
    return found[1]
