"""What Slack allows and what it says when it does not, each with the page it comes from."""

from typing import Any, Final

from msgspec import Struct

RATE_LIMITS_PAGE: Final = "https://docs.slack.dev/apis/web-api/rate-limits"
EVENTS_PAGE: Final = "https://docs.slack.dev/apis/events-api"
SOCKET_MODE_PAGE: Final = "https://docs.slack.dev/apis/events-api/using-socket-mode"
INTERACTIVITY_PAGE: Final = "https://docs.slack.dev/interactivity/handling-user-interaction"
POST_MESSAGE_PAGE: Final = "https://docs.slack.dev/reference/methods/chat.postMessage"
METADATA_PAGE: Final = "https://docs.slack.dev/messaging/message-metadata"
MODALS_PAGE: Final = "https://docs.slack.dev/surfaces/modals"


class Limits(Struct, frozen=True):
    """Slack's numbers; a test that needs other ones hands its own to `LocalSlack`."""

    acknowledge_within_seconds: float = 3.0  # EVENTS_PAGE, INTERACTIVITY_PAGE
    redelivery_delays_seconds: tuple[float, ...] = (0.0, 60.0, 300.0)  # EVENTS_PAGE, "Error handling"
    trigger_seconds: float = 3.0  # INTERACTIVITY_PAGE, "trigger_id"
    response_url_uses: int = 5  # INTERACTIVITY_PAGE, "message responses"
    response_url_minutes: float = 30.0  # the same
    seconds_between_posts: float = 1.0  # RATE_LIMITS_PAGE: one message a second in a channel
    post_burst: int = 1  # short bursts are "allowed" there, but never promised: none by default
    connections: int = 10  # SOCKET_MODE_PAGE, "Using multiple connections"
    ticket_seconds: float = 30.0  # how long an address from apps.connections.open may wait for its socket
    pushed_views: int = 3  # MODALS_PAGE: at most three views in the stack
    text_characters: int = 40_000  # POST_MESSAGE_PAGE, "Truncating content": longer text is cut
    updated_text_characters: int = 4_000  # https://docs.slack.dev/reference/methods/chat.update: msg_too_long
    metadata_bytes: int = 16_000  # METADATA_PAGE
    view_bytes: int = 250_000  # https://docs.slack.dev/reference/methods/views.open: view_too_large


# Calls a minute for each tier, RATE_LIMITS_PAGE. Tier 1 tolerates "a small amount of burst behavior";
# reconnecting sockets need it, so ten pass here.
TIER_1: Final = 10
TIER_2: Final = 20
TIER_3: Final = 50
TIER_4: Final = 100
SPECIAL: Final = 600  # "hundreds of requests per minute", https://docs.slack.dev/reference/methods/auth.test

ADMIT_ALL: Final = 0  # no tier of its own: the channel's own second (chat.postMessage) decides


class RefusedError(Exception):
    """Slack's "no": the answer carries `ok: false`, the error's name, and what else belongs to it."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class TooFastError(Exception):
    """HTTP 429; `retry_after_seconds` is a whole number, as Slack's header is."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds
