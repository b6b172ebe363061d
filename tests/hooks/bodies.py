"""Request bodies as nginx-rtmp 1.2.2 sent them, taken from the wire."""

from __future__ import annotations

_SESSION = (
    "app=live&flashver=FMLE/3.0%20(compatible%3B%20Lavf59.27&swfurl="
    "&tcurl=rtmp://127.0.0.1:18035/live&pageurl=&addr=203.0.113.9&clientid={client_id}"
)


def publish(key: str, *, args: str = "", client_id: int = 1) -> bytes:
    """What it asks; `args` is what followed the key's “?”, which it appends as it came."""
    body = f"{_SESSION}&call=publish&name={key}&type=live".format(client_id=client_id)
    return (body + (f"&{args}" if args else "")).encode()


def done(key: str, *, args: str = "", client_id: int = 1) -> bytes:
    """What it tells when a publisher left."""
    body = f"{_SESSION}&call=publish_done&name={key}".format(client_id=client_id)
    return (body + (f"&{args}" if args else "")).encode()


def update(key: str, *, args: str = "", client_id: int = 1) -> bytes:
    """What it asks every ten seconds while somebody publishes."""
    body = f"{_SESSION}&call=update_publish&time=10&timestamp=9856&name={key}"
    return (body.format(client_id=client_id) + (f"&{args}" if args else "")).encode()
