"""Accounts: who people are."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, sign-up and sign-in."""

    name = "accounts"
    verbose_name = _("accounts")

    def ready(self) -> None:
        """Tell the worker what to do."""
        from accounts import periodic  # noqa: PLC0415 - it needs the models.

        periodic.install()
