"""Without a network there is a page of the site's own, which goes on by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers

pytestmark = pytest.mark.e2e


def test_without_a_network_a_page_says_so_and_goes_on_by_itself(browsers: Browsers) -> None:
    page = browsers.open(
        "/en/rules/",
        expect=("ERR_INTERNET_DISCONNECTED", "Failed to load"),
        service_workers="allow",
    )
    page.evaluate("() => navigator.serviceWorker.ready")

    page.context.set_offline(True)
    page.goto("/en/terms/")

    expect(page.locator("h1")).to_have_text("No connection to the internet")
    background = "() => getComputedStyle(document.querySelector('.sign .icon')).borderRadius"
    assert page.evaluate(background) == "50%"  # It has its looks, too.

    page.context.set_offline(False)

    expect(page.locator("h1")).to_have_text("Terms", timeout=30_000)
