"""Links of mails in a real browser, which says by itself where a form comes from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.browsers import Browsers
from tests.servers.site import Site

pytestmark = pytest.mark.e2e


def link(site: Site, purpose: str, name: str) -> str:
    """Make somebody, and what a mail to them has behind the address of a page."""
    return site.python(
        "from accounts import links; from accounts.models import User;"
        f"user = User.objects.create_user({name!r}, '{name}@example.org', 'a-Secret-word');"
        f"print(links.new(links.Purpose.{purpose}, user, email=user.email))"
    ).strip()


def referrers(page: Page) -> list[str]:
    """Collect what the page's browser tells about where requests come from."""
    told: list[str] = []

    def note(request: Request) -> None:
        told.append(request.headers.get("referer", ""))

    page.on("request", note)
    return told


def test_a_new_password_is_set_by_the_link_of_a_mail(browsers: Browsers, site: Site) -> None:
    token = link(site, "PASSWORD", "forgetful")
    page = browsers.open(f"/en/account/password/new/{token}/")

    page.fill("[name=password]", "another-Secret-8")
    page.click("main form button")

    expect(page).to_have_url(re.compile("/en/sign-in/$"))
    page.fill("[name=name]", "forgetful")
    page.fill("[name=password]", "another-Secret-8")
    page.click("main form button")
    expect(page.locator("[popovertarget=account-menu]")).to_be_visible()


def test_an_address_is_confirmed_by_the_link_of_a_mail(browsers: Browsers, site: Site) -> None:
    token = link(site, "EMAIL", "reachable")
    page = browsers.open(f"/en/account/email/confirm/{token}/")

    page.click("main form button")

    expect(page).not_to_have_url(re.compile("/email/confirm/"))
    found = "from accounts.models import User; print(User.objects.get(username='reachable').{})"
    assert "None" not in site.python(found.format("email_verified"))


def test_the_link_itself_is_told_to_nobody(browsers: Browsers, site: Site) -> None:
    token = link(site, "PASSWORD", "careful")
    page = browsers.open("/en/")
    told = referrers(page)

    page.goto(f"/en/account/password/new/{token}/")
    page.fill("[name=password]", "another-Secret-8")
    page.click("main form button")
    expect(page).to_have_url(re.compile("/en/sign-in/$"))

    assert told
    assert not any(token in referrer for referrer in told)
