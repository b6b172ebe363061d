"""Every page as a picture: sizes, themes and languages, to be looked at. Run it by hand:

.venv/bin/python -m tests.e2e.screenshots /tmp/screenshots [word of a page's name …]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.scenes import Visit, scenes_of
from tests.servers.browser import Complaints, chromium
from tests.servers.process import Program, free_port

SIZES = {"phone": (375, 812), "tablet": (768, 1024), "desktop": (1440, 900)}
THEMES = ["dark", "light"]
LANGUAGES = {"vi": "", "en": "/en"}


def _chat_unread(page: Page, base: str, room: str) -> None:
    from tests.e2e.sample import say

    page.goto(f"{base}/rooms/{room}/chat/")
    page.wait_for_selector(".message")
    # As a reader in another tab has it.
    page.evaluate("""() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    say(room, "minh_anh", "Chị ơi cho em hỏi nồi đất mua ở đâu vậy ạ? @quang")
    page.wait_for_selector("[data-chat-log] .divider")


def _take(browser: Browser, site: str, scenes: dict[str, tuple[str, Visit]], out: Path) -> None:
    complaints: list[str] = []
    for size, (width, height) in SIZES.items():
        for theme in THEMES:
            for language, prefix in LANGUAGES.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    reduced_motion="reduce",
                    locale=language,
                )
                for name, (who, visit) in scenes.items():
                    _dress(context, site, theme, language, who)
                    page = context.new_page()
                    heard = Complaints(page)
                    visit(page, site + prefix)
                    page.wait_for_timeout(250)
                    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                        complaints.append(f"{name} is wider than {width} px ({language})")
                    path = out / f"{name}-{size}-{theme}-{language}.png"
                    page.screenshot(
                        path=path, full_page=not {"dialog", "chat"} & set(name.split("-"))
                    )
                    complaints += heard.found
                    page.close()
                context.close()
    sys.stdout.writelines(f"{line}\n" for line in sorted(set(complaints)))


def _dress(context: BrowserContext, site: str, theme: str, language: str, who: str) -> None:
    from tests.e2e.sample import session_of

    context.clear_cookies()
    chosen = {"theme": theme, "language": language}
    if who:
        chosen["sessionid"] = session_of(who)
    context.add_cookies([{"name": n, "value": v, "url": site} for n, v in chosen.items()])


def main(out: Path, words: list[str]) -> None:
    """Fill a site of its own with sample people and photograph it."""
    import django

    out.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="streair-pictures-") as data:
        os.environ |= {
            "DATA_DIR": data,
            "PORT": str(port),  # Where what this process says reaches open pages.
            "DEBUG": "0",  # As people see it: our own error pages, hashed names.
            "SECRET_KEY": "pictures-secret-key-pictures-secret-key",
            "JWT_SECRET": "pictures-jwt-secret-pictures-jwt-secret",
            "HOOK_SECRET": "pictures-hook-secret-pictures-hook-secret",
            "RATE_LIMIT_ENABLED": "0",
            "DJANGO_SETTINGS_MODULE": "streair.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps a loop running in this thread.
        }
        django.setup()
        from django.core.management import call_command

        from tests.e2e import sample

        call_command("collectstatic", interactive=False, verbosity=0)
        ids = sample.fill() | {"overlay": sample.overlay_secret_of("linh")}
        scenes = scenes_of(ids)
        # Which needs the site's database.
        scenes["window-chat-unread"] = (
            "quang",
            lambda page, base: _chat_unread(page, base, ids["live"]),
        )
        if words:
            scenes = {n: s for n, s in scenes.items() if any(word in n for word in words)}
        args = ["-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "streair.asgi:application"]
        root = Path(__file__).resolve().parent.parent.parent
        server = Program("web", [sys.executable, *args], log=Path(data) / "web.log", cwd=root)
        with server, chromium() as browser:
            server.wait_for_port(port)
            _take(browser, f"http://127.0.0.1:{port}", scenes, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
