"""A picture that carries its own time: black and white blocks that a script can read back."""

from __future__ import annotations

import sys
import time

WIDTH, HEIGHT, FPS = 640, 360, 30
BITS = 28  # Milliseconds, about three days until they repeat.
BLOCK = 16  # Pixels: large enough to survive any sane bitrate.
ROW = HEIGHT - 2 * BLOCK  # Where the blocks stand, below the busy part of the picture.

# What a browser runs to know a frame's age in milliseconds: `video` to number, NaN if unreadable.
READ_AGE = f"""
(() => {{
  const canvas = new OffscreenCanvas({WIDTH}, {BLOCK});
  const context = canvas.getContext("2d", {{ willReadFrequently: true }});
  return (video, shownAt) => {{
    context.drawImage(video, 0, {ROW}, {WIDTH}, {BLOCK}, 0, 0, {WIDTH}, {BLOCK});
    const {{ data }} = context.getImageData(0, {BLOCK} / 2, {WIDTH}, 1);
    let gray = 0, ones = 0;
    const bit = (i) => data[4 * (i * {BLOCK} + {BLOCK} / 2)] > 127 ? 1 : 0;
    for (let i = 0; i < {BITS}; i += 1) {{
      gray = gray * 2 + bit(i);
      ones += bit(i);
    }}
    if (ones % 2 !== bit({BITS})) return NaN;
    let binary = 0, carry = 0;
    for (let i = {BITS} - 1; i >= 0; i -= 1) {{
      carry ^= Math.floor(gray / 2 ** i) % 2;
      binary = binary * 2 + carry;
    }}
    const now = Math.round(shownAt) % 2 ** {BITS};
    return now - binary;
  }};
}})()
"""


def blocks(milliseconds: int) -> bytes:
    """Return one line of gray pixels: the time in Gray code, then a parity bit."""
    number = milliseconds % (1 << BITS)
    gray = number ^ (number >> 1)
    bits = [gray >> place & 1 for place in range(BITS - 1, -1, -1)]
    bits.append(sum(bits) % 2)
    line = b"".join(b"\xff" * BLOCK if bit else b"\x00" * BLOCK for bit in bits)
    return line.ljust(WIDTH, b"\x80")


def frame(number: int, milliseconds: int) -> bytes:
    """Return a whole picture: something that moves, so that it costs bits, above the clock."""
    stripes = bytes((x * 3 + number * 5) % 256 for x in range(WIDTH))
    still = bytes(range(256)) * 3
    busy = b"".join((stripes if y // 24 % 2 else still[:WIDTH]) for y in range(ROW))
    return busy + blocks(milliseconds) * BLOCK + b"\x40" * WIDTH * BLOCK


def encoder_args() -> list[str]:
    """Return ffmpeg's inputs and codecs for frames on its standard input, with a tone beside."""
    args = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS)]
    args += ["-i", "pipe:0", "-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000"]
    args += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"]
    args += ["-pix_fmt", "yuv420p", "-g", str(FPS * 2), "-b:v", "2000k", "-maxrate", "2000k"]
    return [*args, "-bufsize", "1000k", "-c:a", "aac", "-b:a", "128k", "-shortest"]


def main() -> None:
    """Write frames to standard output in real time, until nobody reads them."""
    start = time.monotonic()
    number = 0
    while True:
        due = start + number / FPS
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            sys.stdout.buffer.write(frame(number, time.time_ns() // 1_000_000))
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            return
        number += 1


if __name__ == "__main__":
    main()
