"""A demo streamer: an account, a room, ffmpeg in the place of OBS, and people who watch."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import User
from rooms import services as rooms
from rooms.models import Room
from streair.core.errors import Conflict
from streams import services
from streams.demo_audience import Audience
from streams.demo_lines import CAST

logger = logging.getLogger(__name__)

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account, as it is told to the person at the terminal."""

    username: str
    password: str


def prepare() -> list[Login]:
    """Make the demo accounts and the streamer's room; return how to sign in.

    The passwords are the same every time on one installation, and nowhere else: a demo may
    run where strangers can reach it.
    """
    logins = [_account("demo", "Demo"), _account("khach_demo", "Khách Demo")]
    streamer = User.objects.get(username="demo")
    if not Room.objects.owned_by(streamer.pk).exists():
        try:
            rooms.open_room(owner=streamer, title="Hình thử StreAir · StreAir test picture")
        except Conflict:
            logger.info("The demo room was opened by somebody else just now.")
    return logins


def audience() -> dict[str, str]:
    """Make the accounts of those who watch; return their passwords by name."""
    return {name: _account(name, shown).password for name, shown in CAST.items()}


def gather_audience() -> None:
    """Let some people watch and chat beside the stream, in a thread that ends with the process."""
    talk = Audience(audience()).run("demo")
    threading.Thread(target=asyncio.run, args=[talk], name="audience", daemon=True).start()


def publish_for_ever() -> None:
    """Send the test picture with the demo streamer's key, again and again."""
    streamer = User.objects.get(username="demo")
    pause = 1.0
    while True:
        started = time.monotonic()
        # Asked for each time: the key may be changed on the dashboard meanwhile.
        status = _ffmpeg(services.key_of(streamer))
        pause = 1.0 if time.monotonic() - started > 30 else min(pause * 2, _LONGEST_PAUSE_SECONDS)
        logger.warning("ffmpeg ended with %d; it starts again in %.0f s.", status, pause)
        time.sleep(pause)


def _account(username: str, name: str) -> Login:
    password = salted_hmac("streams.demo", username).hexdigest()[:12]
    user, is_new = User.objects.get_or_create(
        username=username, defaults={"email": f"{username}@example.org", "display_name": name}
    )
    if is_new or not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return Login(username=username, password=password)


def _ffmpeg(key: str) -> int:
    """Run ffmpeg until it ends; end it when we are told to stop. Returns its exit status.

    A command line is for everybody's eyes, so the key comes in a preset through a pipe.
    """
    preset, end = os.pipe()
    os.write(end, f"rtmp_playpath={key}\n".encode())
    os.close(end)
    command = ["setpriv", "--pdeathsig", "KILL", "--", "ffmpeg", *_picture_and_sound()]
    command += ["-fpre", f"/dev/fd/{preset}", "-f", "flv"]
    command += [f"rtmp://127.0.0.1:{settings.RTMP_PORT}/{settings.RTMP_APP}/"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[preset])
    os.close(preset)
    try:
        return process.wait()
    finally:
        process.kill()
        process.wait()


def _picture_and_sound() -> list[str]:
    clock = (
        f"drawtext=fontfile={FONT}:text='%{{localtime\\:%T}}':fontsize=72:fontcolor=white"
        ":box=1:boxcolor=black@0.6:boxborderw=16:x=(w-tw)/2:y=h-th-48,"
        if FONT.exists()
        else ""  # The test picture counts the seconds itself.
    )
    args = ["-hide_banner", "-nostdin", "-loglevel", "error", "-re"]
    args += ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30"]
    # A soft beep each second on a quiet tone.
    args += ["-f", "lavfi", "-i", "sine=frequency=220:beep_factor=4:sample_rate=48000"]
    args += ["-vf", f"{clock}format=yuv420p", "-af", "volume=0.25", "-ac", "2"]
    args += ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-profile:v", "main"]
    args += ["-b:v", "1800k", "-maxrate", "1800k", "-bufsize", "1800k", "-g", "60"]
    args += ["-keyint_min", "60", "-sc_threshold", "0"]
    return [*args, "-c:a", "aac", "-b:a", "128k"]
