"""What is done from time to time for chat."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat import services
from chat.services import retention
from streair.core import jobs


def forget() -> int:
    """Delete old messages and old lines of the moderation log."""
    return retention.forget_messages(at=now()) + retention.forget_deeds(at=now())


def end_temporary_modes() -> int:
    """Take back modes that were set for a while."""
    return services.end_temporary(at=now())


def install() -> None:
    """Have them done."""
    jobs.register(
        jobs.Job(
            "chat-modes",
            _("End chat modes that were set for a while"),
            every=timedelta(seconds=5),
            run=end_temporary_modes,
        )
    )
    jobs.register(
        jobs.Job(
            "old-messages",
            _("Forget old messages and moderation log"),
            every=timedelta(hours=6),
            run=forget,
        )
    )
