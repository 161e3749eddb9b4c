"""The app as its makers registered it with Slack: the same in every workspace that installs it."""

import secrets
import time
from collections.abc import Callable

from msgspec import Struct

from bot.playground.rules import Limits
from bot.playground.sockets import SocketMode


class Registration(Struct, frozen=True):
    """The app's id and secrets, from its pages on api.slack.com, and the connections that it holds."""

    app_id: str
    app_token: str
    signing_secret: str
    client_id: str
    client_secret: str
    sockets: SocketMode


def new_registration(
    app_id: str, limits: Limits, monotonic: Callable[[], float] = time.monotonic
) -> Registration:
    """Make the secrets of an app."""
    return Registration(
        app_id=app_id,
        app_token=f"xapp-1-local-{secrets.token_hex(12)}",
        signing_secret=secrets.token_hex(16),
        client_id=f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}",
        client_secret=secrets.token_hex(16),
        sockets=SocketMode(app_id, limits, monotonic),
    )


def new_bot_token() -> str:
    """Make the token of one installation."""
    return f"xoxb-local-{secrets.token_hex(12)}"
