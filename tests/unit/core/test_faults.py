"""A mistake of ours is told as one: by a number that is in the log, and by nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.unit.core.broken_urls import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def faulty(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.unit.core.broken_urls"
    return Client(raise_request_exception=False)


def test_a_fault_is_json_with_a_number_and_leaks_nothing(
    faulty: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = faulty.get("/api/faulty", headers={"accept-language": "en"})

    body = answer.json()
    assert answer.status_code == 500
    assert set(body) == {"code", "message", "requestId"}
    assert (body["code"], body["requestId"]) == ("internal-error", answer["X-Request-ID"])
    assert "hunter2" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    # In the log stands what happened, without the password.
    assert SECRET.replace("hunter2", "***") in caplog.text
    assert "hunter2" not in caplog.text


def test_a_fault_is_told_in_the_readers_language(faulty: Client) -> None:
    vietnamese = faulty.get("/api/faulty").json()
    english = faulty.get("/api/faulty", headers={"accept-language": "en"}).json()

    assert english["message"].isascii()
    assert not vietnamese["message"].isascii()
    assert english["requestId"] != vietnamese["requestId"]


def test_a_database_that_is_away_is_no_fault_but_a_pause(faulty: Client) -> None:
    answer = faulty.get("/api/away")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "hunter2" not in answer.content.decode()
