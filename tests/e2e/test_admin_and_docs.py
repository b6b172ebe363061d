"""The administration and the API's documentation in a real browser, under the site's strict policy."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import Browsers
from tests.e2e.live import open_room
from tests.servers.site import Site

pytestmark = pytest.mark.e2e

_KEEPER = """
from accounts.models import User
if not User.objects.filter(username="keeper").exists():
    User.objects.create_superuser("keeper", "keeper@example.org", "a-Secret-word")
"""


@pytest.fixture
def admin(browsers: Browsers, site: Site) -> Page:
    """The administration, with a keeper signed in to it."""
    site.python(_KEEPER)
    page = browsers.open("/admin/")
    page.fill("[name=username]", "keeper")
    page.fill("[name=password]", "a-Secret-word")
    page.click("[type=submit]")
    expect(page.locator("#user-tools")).to_be_visible()
    return page


def test_the_pages_of_the_administration_need_nothing_that_is_forbidden(
    admin: Page, site: Site
) -> None:
    room = open_room(site)
    number = site.python(
        f"from rooms.models import Room; print(Room.objects.get(room_id={room.room_id!r}).pk)"
    ).strip()

    for path in (
        *("accounts/user/", "accounts/user/add/", "accounts/user/1/change/", "auth/group/add/"),
        *(
            "rooms/room/",
            "rooms/report/",
            f"rooms/room/{number}/change/",
            "rooms/category/",
            "rooms/category/add/",
        ),
        *("streams/broadcast/", "streams/streamkey/", "accounts/auditentry/", "operations/"),
        *("jobs/queuedtask/", "jobs/periodicjob/", "jobs/periodicjob/reconcile/change/"),
        *("accounts/user/1/history/", "accounts/user/1/password/", "password_change/"),
    ):
        admin.goto(f"/admin/{path}")
        expect(admin.locator("#content")).to_be_visible()

    # Scripts work: a slug is made from a name while it is typed.
    admin.goto("/admin/rooms/category/add/")
    admin.locator("[name=name_en]").press_sequentially("Slow Food")
    expect(admin.locator("[name=slug]")).to_have_value("slow-food")


def test_a_room_is_ended_after_a_question(admin: Page, site: Site) -> None:
    room = open_room(site)
    admin.goto(f"/admin/rooms/room/?q={room.room_id}")

    admin.check("#result_list tbody [type=checkbox]")
    admin.select_option("[name=action]", "end_stream")
    admin.click(".actions button")
    admin.fill("[name=reason]", "Không phải của bạn")
    admin.click("#content [type=submit]")

    expect(admin.locator(".messagelist .success")).to_be_visible()
    assert room.state() == "ended"
    admin.goto("/admin/accounts/auditentry/")
    expect(admin.locator("#result_list tbody tr").first).to_contain_text("Không phải của bạn")


def test_operations_show_what_runs(admin: Page) -> None:
    admin.goto("/admin/operations/")

    for part in ("database", "cache", "sidecar", "worker", "disk", "rooms", "queue", "jobs"):
        expect(admin.locator(f"[data-part={part}]")).to_have_attribute("data-state", "well")


def test_the_language_is_changed_where_one_is(admin: Page) -> None:
    admin.goto("/admin/rooms/room/")

    admin.click("#user-tools .language button")

    expect(admin.locator("html")).to_have_attribute("lang", "en")
    assert admin.url.endswith("/admin/rooms/room/")


def test_the_documentation_shows_every_endpoint_and_tries_one_out(
    browsers: Browsers, site: Site
) -> None:
    page = browsers.open("/api/docs/")

    operation = page.locator("#operations-rooms-listCategories")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator(".execute").click()

    answer = operation.locator(".live-responses-table tbody .response-col_status")
    expect(answer.first).to_contain_text("200")
    expect(page.locator(".info .title")).to_contain_text("StreAir")
    codes = page.locator(".info details")
    expect(codes.locator("td", has_text="room-not-found")).to_be_hidden()
    codes.locator("summary").click()
    expect(codes.locator("td", has_text="room-not-found").first).to_be_visible()
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_class("dark-mode")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).not_to_have_class("dark-mode")
    page.locator(".site-header .link").click()
    expect(page).to_have_url(re.compile(r"/(en/)?$"))
