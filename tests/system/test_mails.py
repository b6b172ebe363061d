"""Mails on the way to a real mail server, while worker, mail server and database die."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest
import requests

from tests.servers.databases import postgres_server
from tests.servers.mail_server import MailServer, mail_server
from tests.servers.process import wait_until
from tests.servers.site import Site, running_site
from tests.system.person import Person

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def site(mails: MailServer) -> Iterator[Site]:
    """A site that sends its mails, and whose worker nobody else needs."""
    with running_site(EMAIL_URL=mails.url) as running:
        yield running


@pytest.fixture(autouse=True)
def _everything_runs_again(mails: MailServer, site: Site) -> Iterator[None]:
    mails.is_asked.clear()
    yield
    mails.may_answer.set()
    if not site.worker.is_running():
        site.worker.start()
    wait_until(lambda: states(site) == [], timeout=60, what="what this test left behind")


def newcomer(site: Site) -> str:
    """Sign somebody up; return the address that a mail goes to now."""
    with Person(site) as person:
        person.sign_up()
    return f"{person.name}@example.org"


def states(site: Site) -> list[str]:
    """Return where the tasks are that are not done."""
    code = (
        "from streair.jobs.models import QueuedTask as T;"
        "print(*T.objects.exclude(status='SUCCESSFUL').values_list('status', flat=True))"
    )
    return site.python(code).split()


def test_a_mail_goes_out_and_its_link_works(site: Site, mails: MailServer) -> None:
    address = newcomer(site)

    text = mails.wait_for(address).get_content()

    found = re.search(r"http://\S+/en/account/email/confirm/\S+/", text)
    assert found is not None, text
    assert requests.get(found[0], timeout=20).status_code == 200
    wait_until(lambda: states(site) == [], what="the task to be done")


def test_a_mail_whose_worker_is_killed_while_it_is_sent_goes_out_all_the_same(
    site: Site, mails: MailServer
) -> None:
    mails.may_answer.clear()
    address = newcomer(site)
    assert mails.is_asked.wait(30)

    site.worker.kill()
    assert states(site) == ["RUNNING"]
    site.worker.start()
    mails.may_answer.set()

    mails.wait_for(address)
    wait_until(lambda: states(site) == [], timeout=60, what="the task to be done")
    assert len(mails.to(address)) == 1


def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun(
    site: Site, mails: MailServer
) -> None:
    mails.may_answer.clear()
    address = newcomer(site)
    assert mails.is_asked.wait(30)

    site.worker.signal(signal.SIGTERM)
    mails.may_answer.set()

    assert site.worker.wait(10) == 0
    assert len(mails.to(address)) == 1
    assert states(site) == []


def test_a_worker_that_is_told_to_stop_waits_for_nobody_for_long(
    site: Site, mails: MailServer
) -> None:
    mails.may_answer.clear()
    newcomer(site)
    assert mails.is_asked.wait(30)

    site.worker.signal(signal.SIGTERM)

    assert site.worker.wait(10) == 0
    assert states(site) == ["RUNNING"]


def test_a_mail_waits_for_a_mail_server_that_is_away(site: Site, mails: MailServer) -> None:
    mails.stop()
    try:
        address = newcomer(site)
        wait_until(
            lambda: "send_mail did not work" in site.worker.output(),
            timeout=30,
            what="the first try",
        )
    finally:
        mails.start()

    assert mails.wait_for(address)["To"] == address


def test_a_database_that_dies_does_not_end_the_worker(mails: MailServer) -> None:
    with (
        postgres_server() as (database, url),
        running_site(DATABASE_URL=url, EMAIL_URL=mails.url) as site,
    ):
        database.kill()
        wait_until(
            lambda: "The worker cannot look for work" in site.worker.output(),
            timeout=30,
            what="the worker to notice",
        )
        database.start()
        wait_until(
            lambda: "The worker finds work again." in site.worker.output(),
            timeout=30,
            what="the worker to go on",
        )

        assert site.worker.is_running()
        # The web process finds out by itself: it asks once a second, and lets everybody else wait (503).
        wait_until(
            lambda: requests.get(f"{site.url}/en/sign-up/", timeout=20).ok,
            timeout=5,
            what="the pages to be back",
        )
        address = newcomer(site)
        assert mails.wait_for(address)["To"] == address


def test_without_a_mail_server_mails_are_read_in_the_workers_log(site: Site) -> None:
    with running_site() as unmailed:
        address = newcomer(unmailed)

        wait_until(lambda: f"To: {address}" in unmailed.worker.output(), what="the mail")
        assert "/en/account/email/confirm/" in unmailed.worker.output()
