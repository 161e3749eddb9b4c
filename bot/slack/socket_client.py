"""The connection of Socket Mode, which comes back however long it was gone."""

import time

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

PING_SECONDS = 10.0
ADDRESS_SECONDS = 8.0
"""How long an address is tried: Slack's are good for one connection, within half a minute."""


class LastingClient(SocketModeClient):
    """Asks for a new address when one did not lead to a connection soon.

    The SDK tries the same one for ever, so that it never came back from an outage of a minute.
    """

    _address: str | None = None
    _given_at = 0.0

    @property  # type: ignore[override] # it may be none there as well
    def wss_uri(self) -> str | None:
        """The address to connect to; `None` makes the SDK ask for one."""
        return self._address if time.monotonic() - self._given_at < ADDRESS_SECONDS else None

    @wss_uri.setter
    def wss_uri(self, address: str | None) -> None:
        self._address, self._given_at = address, time.monotonic()


class LastingHandler(AsyncSocketModeHandler):
    """Bolt's handler, with that client."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self.app, self.app_token = app, app_token
        self.client = LastingClient(
            app_token=app_token, logger=app.logger, web_client=app.client, ping_interval=PING_SECONDS
        )
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type] # as Bolt does
