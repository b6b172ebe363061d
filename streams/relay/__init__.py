"""Live video from where it is published to everybody who watches: plain asyncio, no Django."""
