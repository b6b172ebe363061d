"""Without a network there is a page of the site's own, which goes on by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browsers import Browsers

pytestmark = pytest.mark.e2e


def test_without_a_network_a_page_says_so_and_goes_on_when_it_is_back(browsers: Browsers) -> None:
    page = browsers.open("/en/rules/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")

    page.context.set_offline(True)
    page.goto("/en/terms/")

    expect(page.locator("h1")).to_have_text("No connection to the internet")
    # It has its looks, too.
    height = "() => document.querySelector('.site-header').getBoundingClientRect().height"
    assert page.evaluate(height) == 60

    page.context.set_offline(False)

    expect(page.locator("h1")).to_have_text("Terms")
