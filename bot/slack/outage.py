"""Slack does not answer now and then, and that is no reason to give up."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain, repeat

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.crew import wait_for
from bot.slack.verdicts import UNAUTHORISED, Refused, error_name, judge, status_of

log = structlog.get_logger()

FIRST_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
LONGEST_WAIT_SECONDS = 30.0


async def outlast(
    call: Callable[[], Awaitable[AsyncSlackResponse]], stop: asyncio.Event
) -> AsyncSlackResponse | None:
    """Call Slack until it answers, however long its outage lasts; return `None` once `stop` is set.

    Raises `SlackApiError` for a no that waiting does not change.
    """
    for wait in chain(FIRST_WAITS, repeat(LONGEST_WAIT_SECONDS)):
        try:
            return await call()
        except SlackApiError as error:
            if error_name(error) in UNAUTHORISED or isinstance(judge(error, 1), Refused):
                raise
            name = error_name(error) or f"http_{status_of(error)}"
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            name = type(error).__name__
        log.warning("slack_unreachable", error=name, seconds=wait)
        await wait_for(stop, wait)
        if stop.is_set():
            return None
    return None
