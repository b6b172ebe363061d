"""The audit log says what happened, and is only added to."""

from __future__ import annotations

import pytest

from accounts import audit
from accounts.models import AuditEntry, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_outlives_whom_it_is_about() -> None:
    admin, ben = UserFactory(username="admin-ada"), UserFactory(username="ben")

    audit.record("user.deactivated", target=ben, actor=admin, before={"active": True})
    User.objects.filter(username__in=["ben", "admin-ada"]).delete()

    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.target_name) == ("admin-ada", "ben")
    assert (entry.action, entry.target_type) == ("user.deactivated", "user")
    assert entry.before == {"active": True}


def test_entries_are_neither_changed_nor_taken_away() -> None:
    audit.record("user.deactivated", target=UserFactory(), actor=None)

    with pytest.raises(TypeError):
        AuditEntry.objects.update(action="nothing")
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()
