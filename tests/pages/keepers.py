"""What a keeper of the site does in the administration, as its forms do it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests.factories import UserFactory

PEOPLE = "/admin/accounts/user/"
ROOMS = "/admin/rooms/room/"
REPORTS = "/admin/rooms/report/"


def staff_with(*permissions: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return staff


def act(client: Client, url: str, action: str, *rows: Any, **form: str) -> Any:
    """Choose `action` for these rows, as the list's form does."""
    form = {"action": action, **form}
    return client.post(url, {**form, "_selected_action": [row.pk for row in rows]}, follow=True)
