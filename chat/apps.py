"""Chat: what people say in a room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """Messages, and who may write them."""

    name = "chat"
    verbose_name = _("chat")

    def ready(self) -> None:
        """Tell rooms who is banned from them, and who keeps order."""
        from chat import selectors  # noqa: PLC0415 - it needs the models.
        from rooms import bans, moderators  # noqa: PLC0415

        bans.finds_banned(selectors.banned)
        moderators.finds_moderators(selectors.is_moderator)
