"""Changing what is said, and who may say something."""

from chat.services.messages import clear_chat, delete_message, send_message
from chat.services.writing import Draft, Written, write

__all__ = ["Draft", "Written", "clear_chat", "delete_message", "send_message", "write"]
