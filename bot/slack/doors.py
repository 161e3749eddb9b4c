"""How Slack's payloads reach the app: over a socket that we open, or over HTTP that Slack calls."""

from typing import Protocol


class Door(Protocol):
    """A way in for payloads."""

    async def open(self) -> str:
        """Begin to take payloads; return the address to give to Slack, empty where it needs none."""
        ...

    async def close(self) -> None:
        """Take no more payloads; what is being taken is finished."""
        ...

    async def fault(self) -> str:
        """Say why payloads do not come in now, in a few words; empty while they do."""
        ...
