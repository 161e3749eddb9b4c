"""What an error of Slack's means for what was to be sent."""

from datetime import timedelta

from msgspec import Struct
from slack_sdk.errors import SlackApiError

from bot.services.delivering import backoff

TRANSIENT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
UNAUTHORISED = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"})
DONE_BEFORE = frozenset({"already_reacted"})
UNAUTHORISED_WAIT = timedelta(minutes=1)


class Done(Struct, frozen=True):
    """Slack has it already."""


class Again(Struct, frozen=True):
    """Try again after `wait`. `is_uncertain`: it may have arrived, so look first."""

    wait: timedelta
    is_uncertain: bool
    error: str


class Refused(Struct, frozen=True):
    """Slack will never take it."""

    error: str


Verdict = Done | Again | Refused


def judge(error: SlackApiError, attempts: int) -> Verdict:
    """Say what to do after Slack's error, at the attempt of this number.

    https://docs.slack.dev/apis/web-api/rate-limits and the errors listed with each method.
    """
    status, name = status_of(error), error_name(error)
    if status == 429 or name == "ratelimited":
        return Again(timedelta(seconds=_retry_after(error)), is_uncertain=False, error="ratelimited")
    if name in DONE_BEFORE:
        return Done()
    if name in UNAUTHORISED:
        return Again(UNAUTHORISED_WAIT, is_uncertain=False, error=name)
    if name in TRANSIENT or status >= 500 or not name:
        return Again(backoff(attempts), is_uncertain=True, error=name or f"http_{status}")
    return Refused(name)


def error_name(error: SlackApiError) -> str:
    """Return Slack's name of the error; empty when the answer was not Slack's JSON."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def status_of(error: SlackApiError) -> int:
    """Return the HTTP status; the SDK hands over its own response, or aiohttp's if it could not read it."""
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return float(headers.get("Retry-After") or 1)
    except ValueError:
        return 1.0
