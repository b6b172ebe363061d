"""Chat: what people say in a room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """Messages, and who may write them."""

    name = "chat"
    verbose_name = _("chat")
