"""What there is to see of the site: every page, in every state, and how to get there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

Visit = Callable[[Page, str], None]


def _sign_up_with_errors(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-up/")
    page.fill("[name=username]", "minh anh")
    page.fill("[name=email]", "linh@example.org")
    page.fill("[name=password]", "1234")
    page.click("[data-account-form] button")
    page.wait_for_selector(".errorlist")


def _key_dialog(page: Page, base: str) -> None:
    page.goto(f"{base}/studio/")
    page.click("[data-dialog=key-dialog]")
    page.wait_for_selector("#key-dialog[open]")


def _account_menu(page: Page, base: str) -> None:
    page.goto(f"{base}/")
    page.click("[popovertarget=account-menu]")


def _theme_menu(page: Page, base: str) -> None:
    page.goto(f"{base}/")
    page.click("[popovertarget=theme-menu]")
    page.wait_for_selector("#theme-menu:popover-open")


def _guide_dialog(page: Page, base: str) -> None:
    page.goto(f"{base}/styleguide/")
    page.click("[data-dialog=guide-dialog]")
    page.wait_for_selector("#guide-dialog[open]")


def _missing_channel(page: Page, base: str) -> None:
    page.goto(f"{base}/@{'x' * 40}/")


def _chat_menu(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.locator(".message").nth(3).hover()
    page.locator(".message [data-action=reply]").nth(3).click()
    page.fill("[data-chat-input]", "Mình cũng muốn xin công thức! 😋")
    page.click("[data-chat-emoji-button]")
    page.wait_for_selector("[data-chat-emoji-grid] button")


def _chat_card(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.locator(".message [data-name]").nth(6).click()
    page.wait_for_selector("#chat-card[open]")


def _chat_settings(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.click("[data-chat-settings-button]")
    page.wait_for_selector("#chat-settings:popover-open")


def _chat_held(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.click(".held-button")
    page.wait_for_selector("[data-chat-held][open] li")


def _chat_words(page: Page, base: str, room: str) -> None:
    _chat_settings(page, base, room)
    page.click("[data-chat-words-button]")
    page.wait_for_selector("[data-chat-words][open] li")
    page.fill("[data-words-sentence]", "M.u.a  ACC nào bạn ơi")
    page.press("[data-words-sentence]", "Enter")
    page.wait_for_selector("[data-words-result]:not(:empty)")


def _chat_entry(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.locator("[data-chat-entry]").scroll_into_view_if_needed()


def _chat_display(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.click("[data-chat-display-button]")
    page.wait_for_selector("#chat-display:popover-open")


def _chat_completion(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.wait_for_selector(".message")
    page.locator("[data-chat-input]").press_sequentially("Chào @t")
    page.wait_for_selector("[data-chat-completions] [role=option]")


def _overlay(page: Page, base: str, query: str, secret: str) -> None:
    page.goto(f"{base}/overlay/chat/{query}#{secret}")
    page.wait_for_selector(".message")


def _overlay_choices(page: Page, base: str) -> None:
    page.goto(f"{base}/studio/")
    page.click(".overlay-panel summary")


def _chat_order(page: Page, base: str) -> None:
    page.goto(f"{base}/studio/")
    page.click("#chat-rules-summary")


def _studio_tables(page: Page, base: str) -> None:
    page.goto(f"{base}/studio/")
    page.click("#health-table-summary")
    page.click("#crowd-table-summary")
    page.click("#obs-guide-summary")


def _suggestions(page: Page, base: str) -> None:
    page.goto(f"{base}/")
    if page.locator("#site-search").is_visible():
        page.locator("#site-search").press_sequentially("nguyen")
        page.wait_for_selector("[data-search-list]:not([hidden])")


def _share(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.click("[data-share] summary")


def _keys(page: Page, base: str, room: str) -> None:
    page.goto(f"{base}/rooms/{room}/")
    page.wait_for_selector("[data-player][data-ready]")
    page.keyboard.press("?")
    page.wait_for_selector("#player-help[open]")


def _at(path: str) -> Visit:
    def visit(page: Page, base: str) -> None:
        page.goto(base + path)

    return visit


def scenes_of(ids: dict[str, str]) -> dict[str, tuple[str, Visit]]:
    """Return what there is to see: name → who looks (a username or nobody), how they get there."""
    return {
        "home": ("", _at("/")),
        "home-signed-in": ("linh", _account_menu),
        "home-category-empty": ("", _at("/categories/sports/")),
        "sign-in": ("", _at("/sign-in/")),
        "sign-up-errors": ("", _sign_up_with_errors),
        "forgot": ("", _at("/account/password/forgot/")),
        "account": ("linh", _at("/account/")),
        "account-stop-mails": ("", _at(f"/account/notifications/stop/{ids['stop']}/")),
        "account-delete": ("linh", _at("/account/delete/")),
        "watch-live": ("", _at(f"/rooms/{ids['live']}/")),
        "watch-chat": ("minh_anh", lambda page, base: _chat_menu(page, base, ids["live"])),
        "watch-chat-card": ("linh", lambda page, base: _chat_card(page, base, ids["live"])),
        "watch-chat-settings": ("linh", lambda page, base: _chat_settings(page, base, ids["live"])),
        "watch-chat-held": ("linh", lambda page, base: _chat_held(page, base, ids["live"])),
        "watch-chat-words": ("linh", lambda page, base: _chat_words(page, base, ids["live"])),
        "watch-chat-entry": (
            "minh_anh",
            lambda page, base: _chat_entry(page, base, ids["waiting"]),
        ),
        "watch-chat-rules": ("quang", _at(f"/rooms/{ids['away']}/")),
        "watch-chat-held-own": ("tuan", _at(f"/rooms/{ids['live']}/")),
        "held-page": ("linh", _at(f"/rooms/{ids['live']}/held/")),
        "watch-chat-display": ("quang", lambda page, base: _chat_display(page, base, ids["live"])),
        "watch-chat-completion": (
            "quang",
            lambda page, base: _chat_completion(page, base, ids["live"]),
        ),
        "window-chat": ("quang", _at(f"/rooms/{ids['live']}/chat/")),
        "overlay-outline": ("", lambda page, base: _overlay(page, base, "", ids["overlay"])),
        "overlay-dark": (
            "",
            lambda page, base: _overlay(page, base, "?look=dark&size=28", ids["overlay"]),
        ),
        "overlay-light": (
            "",
            lambda page, base: _overlay(page, base, "?look=light&grow=down", ids["overlay"]),
        ),
        "studio-overlay": ("linh", _overlay_choices),
        "watch-share": ("", lambda page, base: _share(page, base, ids["live"])),
        "watch-keys-dialog": ("", lambda page, base: _keys(page, base, ids["live"])),
        "watch-theatre": ("", _at(f"/rooms/{ids['live']}/?theatre=1")),
        "watch-report": ("minh_anh", _at(f"/rooms/{ids['live']}/report/")),
        "watch-waiting": ("", _at(f"/rooms/{ids['waiting']}/")),
        "watch-ended": ("", _at(f"/rooms/{ids['ended']}/")),
        "door-locked": ("", _at(f"/rooms/{ids['locked']}/")),
        "door-adults": ("", _at(f"/rooms/{ids['adults']}/")),
        "following": ("linh", _at("/following/")),
        "following-nobody": ("newcomer", _at("/following/")),
        "home-follower": ("linh", _at("/")),
        "search": ("", _at("/search/?q=li")),
        "search-suggestions": ("", _suggestions),
        "browse": ("", _at("/live/")),
        "embed": ("", _at(f"/embed/{ids['waiting']}")),
        "channel-live": ("", _at("/@linh/")),
        "channel-away": ("", _at("/@newcomer/")),
        "studio-new": ("newcomer", _at("/studio/")),
        "studio-waiting": ("quang", _at("/studio/")),
        "studio-live": ("linh", _at("/studio/")),
        "studio-reconnecting": ("bao_ngoc", _at("/studio/")),
        "studio-order": ("bao_ngoc", _chat_order),
        "studio-past": ("linh", _at(f"/studio/past/{ids['ended']}/")),
        "studio-log": ("linh", _at("/studio/moderation/")),
        "studio-tables": ("linh", _studio_tables),
        "studio-key-dialog": ("quang", _key_dialog),
        "studio-end": ("quang", _at(f"/studio/rooms/{ids['waiting']}/end/")),
        "not-found": ("", _at("/nowhere/")),
        "channel-missing": ("", _missing_channel),
        "terms": ("", _at("/terms/")),
        "rules": ("", _at("/rules/")),
        "styleguide": ("keeper", _at("/styleguide/")),
        "styleguide-dialog": ("keeper", _guide_dialog),
        "theme-menu": ("", _theme_menu),
    }
