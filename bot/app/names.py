"""The workspace that an import asks for people and channels."""

from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack.names import SlackWebNames

CALL_SECONDS = 30
RATE_LIMIT_RETRIES = 10


def open_slack_names(settings: Settings) -> SlackWebNames | None:
    """Return the bot token's workspace, `None` without a token. It only reads, so it may retry."""
    token = settings.slack_bot_token
    if token is None:
        return None
    client = AsyncWebClient(
        token=token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=CALL_SECONDS,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(),
            AsyncRateLimitErrorRetryHandler(max_retry_count=RATE_LIMIT_RETRIES),
        ],
    )
    return SlackWebNames(client)
