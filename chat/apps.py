"""Chat: what people say in a room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """Messages, and who may write them."""

    name = "chat"
    verbose_name = _("chat")

    def ready(self) -> None:
        """Tell the apps below what chat knows of rooms and people, and the worker what to do."""
        from chat import people, periodic  # noqa: PLC0415 - it needs the models.

        people.register()
        periodic.install()
