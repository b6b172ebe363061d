"""Ingest nodes as INGEST_NODES has them."""

from __future__ import annotations


def node_word(name: str, port: int = 11935, rtmp_port: int = 1935) -> str:
    """Return what the setting says of a node on this machine."""
    source = f"rtmp://127.0.0.1:{rtmp_port}/live"
    return f"{name}=rtmp://{name}.example.org/live|{source}|http://127.0.0.1:{port}"
