"""What is forgotten about people, and what stays."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils.timezone import now

from accounts import audit, services
from accounts.models import AuditEntry, PersonalToken, SignIn
from accounts.services import retention
from tests.api.accounts.test_pictures import picture
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def sign_in(**fields: Any) -> SignIn:
    fields = {"seen": now(), "expires": now() + timedelta(days=1), **fields}
    return SignIn.objects.create(user=UserFactory(), kind="app", **fields)


def test_sign_ins_are_forgotten_a_month_after_they_are_over() -> None:
    kept = [
        sign_in(),
        sign_in(expires=now() - timedelta(days=29)),
        sign_in(revoked=now() - timedelta(days=29)),
    ]
    sign_in(expires=now() - timedelta(days=31))
    sign_in(revoked=now() - timedelta(days=31))

    assert retention.forget_sign_ins(at=now()) == 2
    assert list(SignIn.objects.order_by("pk")) == kept


def test_sessions_are_forgotten_once_they_are_over_and_tokens_a_month_later() -> None:
    for key, hours in (("over", -1), ("lasting", 1)):
        expires = now() + timedelta(hours=hours)
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    for name, days in (("old", -31), ("expired", -29), ("good", 5), ("for ever", None)):
        PersonalToken.objects.create(
            user=UserFactory(),
            name=name,
            digest=name,
            token_version=0,
            expires=None if days is None else now() + timedelta(days=days),
        )

    assert retention.forget_sign_ins(at=now()) == 2
    assert [row.session_key for row in Session.objects.all()] == ["lasting"]
    assert not PersonalToken.objects.filter(name="old").exists()
    assert PersonalToken.objects.count() == 3


@pytest.mark.parametrize(("days", "left"), [(365, 1), (30, 0), (0, 2)])
def test_the_audit_log_is_kept_as_long_as_is_set(settings: Any, days: int, left: int) -> None:
    settings.KEEP_AUDIT_DAYS = days
    for age in (40, 400):
        entry = audit.record("room.ended", target=UserFactory(), actor=None)
        # Only a plain query set may: the log itself is only added to.
        AuditEntry._base_manager.filter(pk=entry.pk)._update(  # type: ignore[attr-defined]
            [(AuditEntry._meta.get_field("at"), None, now() - timedelta(days=age))]
        )

    retention.forget_audit(at=now())

    assert AuditEntry.objects.count() == left


@pytest.mark.django_db(transaction=True)
def test_pictures_that_nobody_has_are_deleted(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    ada = UserFactory()
    services.set_picture(ada, services.Kind.AVATAR, picture())
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    orphan = files[0].with_name("0" * 32 + "-128.webp")
    orphan.write_bytes(b"webp")
    old = time.time() - 2 * 86_400
    for path in (*files, orphan):
        os.utime(path, (old, old))

    assert retention.sweep_pictures() == 1

    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == files
