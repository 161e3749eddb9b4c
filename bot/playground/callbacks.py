"""Delivery over HTTP with signatures, https://docs.slack.dev/authentication/verifying-requests-from-slack."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bot.playground.delivery import Acknowledgement, Envelope

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


class HttpCallbacks:
    """Posts each payload to the app's one request address.

    `signed_at` is the time in signatures, in seconds of Unix time. It is the machine's own, however far the
    workspace's has moved: the app compares it with that, unless its process lives in another time as well.
    """

    def __init__(self, signing_secret: str, request_url: str = "") -> None:
        self.request_url = request_url
        self.signed_at: Callable[[], float] = time.time
        self._secret = signing_secret
        self._session: ClientSession | None = None

    async def deliver(self, envelope: Envelope, within_seconds: float) -> Acknowledgement:
        """Post once; anything but a 2xx within the time is no acknowledgement."""
        if not self.request_url:
            return Acknowledgement(is_given=False, reason="connection_failed")
        body, content_type = _encoded(envelope)
        headers = self._signed(body) | {"Content-Type": content_type} | _retry_headers(envelope)
        try:
            timeout = ClientTimeout(total=within_seconds)
            async with self._client().post(
                self.request_url, data=body, headers=headers, timeout=timeout
            ) as response:
                return await _acknowledgement(response)
        except TimeoutError:
            return Acknowledgement(is_given=False, reason="http_timeout")
        except ClientError:
            return Acknowledgement(is_given=False, reason="connection_failed")

    async def verify(self) -> bool:
        """The handshake when an address is entered: the app must send the challenge back."""
        body = json.dumps({"type": "url_verification", "token": "unused", "challenge": "a-challenge"})
        headers = self._signed(body) | {"Content-Type": _JSON}
        async with self._client().post(self.request_url, data=body, headers=headers) as response:
            return response.status == 200 and "a-challenge" in await response.text()

    async def close(self) -> None:
        """Close the client."""
        if self._session:
            await self._session.close()

    def _client(self) -> ClientSession:
        self._session = self._session or ClientSession()
        return self._session

    def _signed(self, body: str) -> dict[str, str]:
        timestamp = str(int(self.signed_at()))
        base = f"v0:{timestamp}:{body}".encode()
        signature = "v0=" + hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


def _encoded(envelope: Envelope) -> tuple[str, str]:
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload), _JSON
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload), _FORM
    return urlencode({"payload": json.dumps(envelope.payload)}), _FORM


def _retry_headers(envelope: Envelope) -> dict[str, str]:
    if not envelope.retry_attempt:
        return {}
    return {
        "X-Slack-Retry-Num": str(envelope.retry_attempt),
        "X-Slack-Retry-Reason": envelope.retry_reason,
    }


async def _acknowledgement(response: ClientResponse) -> Acknowledgement:
    if response.status // 100 != 2:
        forbids = response.headers.get("X-Slack-No-Retry") == "1"
        return Acknowledgement(is_given=False, reason="http_error", forbids_retry=forbids)
    text = await response.text()
    body: Any = json.loads(text) if text and response.content_type == _JSON else text or None
    return Acknowledgement(is_given=True, body={"text": body} if isinstance(body, str) else body)
