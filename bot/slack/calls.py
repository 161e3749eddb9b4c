"""Calls of Slack's Web API: the one way in which clients are made, and what is told of each call."""

from typing import Any
from urllib.parse import urlsplit

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.watching import NOBODY, Watch

CALL_SECONDS = 10


def make_client(api_url: str, token: str | None, watch: Watch = NOBODY) -> AsyncWebClient:
    """Make a client. It never retries by itself: a post repeated blindly may double."""
    return AsyncWebClient(
        token=token, base_url=api_url, timeout=CALL_SECONDS, retry_handlers=[CallsTold(watch)]
    )


class CallsTold(AsyncRetryHandler):
    """Tells of every call and never wants another try.

    Handlers go along when Bolt copies the client for a listener; a client's subclass or mock would not.
    """

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        self._watch.called(method_of(request.url), outcome_of(response, error))
        return False


def method_of(url: str) -> str:
    """Return the method that an address stands for; those of uploads, which are all different, are one."""
    folder, _, method = urlsplit(url).path.rpartition("/")
    return method if folder.endswith("/api") else "upload"


def outcome_of(response: HttpResponse | None, error: Exception | None) -> str:
    """Say how a call ended: `ok`, `refused` (Slack says no), `ratelimited`, `broken` or `no_answer`."""
    if response is None or error is not None:
        return "no_answer"
    if response.status_code == 429:
        return "ratelimited"
    if response.status_code >= 400:
        return "broken"
    body: Any = response.body
    return "ok" if not isinstance(body, dict) or body.get("ok") else "refused"
