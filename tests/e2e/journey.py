"""What people do on their way through the site, by mouse or by finger, with scripts or without."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import Browsers
from tests.servers.mail_server import MailServer

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 375, "height": 812},
    "has_touch": True,
    "is_mobile": True,
}
_PASSWORD = "a-Secret-word-7"
# The key press that ends a word of a Vietnamese keyboard, as browsers report it.
_PROCESSED = {"windowsVirtualKeyCode": 229, "code": "Enter", "key": "Process"}


class Traveler:
    """Somebody with a browser of their own."""

    def __init__(self, browsers: Browsers, path: str, device: dict[str, Any], **more: Any) -> None:
        self.name = f"lu_khach_{uuid.uuid4().hex[:8]}"
        self._has_touch = "has_touch" in device
        self.page: Page = browsers.open(path, **device, **more)

    def press(self, target: str | Locator) -> None:
        """Click it, or tap it on a phone."""
        found = self.page.locator(target) if isinstance(target, str) else target
        if self._has_touch:
            found.tap()
        else:
            found.click()

    def sign_up(self) -> None:
        """Fill in the form that is open, and send it."""
        self.page.fill("[name=username]", self.name)
        self.page.fill("[name=email]", f"{self.name}@example.org")
        self.page.fill("[name=password]", _PASSWORD)
        self.press("main form button")
        self.page.wait_for_url(lambda url: "sign-up" not in url)

    def verify(self, mails: MailServer) -> None:
        """Open the link of the mail, and say that the address is right."""
        text = mails.wait_for(f"{self.name}@example.org").get_content()
        link = re.search(r"http://\S+/email/confirm/\S+/", text)
        assert link is not None, text
        self.page.goto(urlsplit(link[0]).path)
        self.press("main form button")
        self.page.wait_for_url("**/account/")
        expect(self.page.locator("[role=status] .toast.success, .toast.success")).to_be_visible()

    def open_room(self, title: str) -> str:
        """Open a room in the studio; return its address."""
        self.page.goto("/studio/")
        self.page.fill("[name=title]", title)
        self.press("form[action$='/rooms/'] button[type=submit]")
        room_id = self.page.get_attribute("[data-studio][data-room-id]", "data-room-id")
        return f"/rooms/{room_id}/"

    def copied(self, field: str) -> str:
        """Press the copy button beside `field`; return what is on the clipboard."""
        button = self.page.locator(f".copy-field:has(#{field}) button[data-copy]")
        self.press(button)
        expect(button).to_have_attribute("data-copied", "")
        return str(self.page.evaluate("() => navigator.clipboard.readText()"))

    def compose(self, *stages: str) -> None:
        """Write a word as Telex does: each stage replaces the one before, and none of them is text yet."""
        keyboard = self.page.context.new_cdp_session(self.page)
        for text in stages:
            selection = {"selectionStart": len(text), "selectionEnd": len(text)}
            keyboard.send("Input.imeSetComposition", {"text": text, **selection})
        # Enter belongs to the keyboard now.
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **_PROCESSED})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **_PROCESSED})
        keyboard.send("Input.insertText", {"text": stages[-1]})
        keyboard.detach()

    def say(self, text: str) -> None:
        """Send a message."""
        self.page.fill("[data-chat-input]", text)
        self.press("[data-chat-send]")

    def sees(self, text: str) -> None:
        """Wait until a message says that."""
        expect(self.page.locator(".message", has_text=text)).to_be_visible()
