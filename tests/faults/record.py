"""What was said and acknowledged, read from what went over the wire."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from bot.playground import LocalSlack
from bot.playground.delivery import Envelope
from bot.playground.workspace import Message

Json = dict[str, Any]


class Said(Struct, frozen=True):
    """Something that somebody said or did, however often it was delivered."""

    kind: str
    payload: Json
    is_acknowledged: bool

    @property
    def event(self) -> Json:
        """The event within, empty where it is none."""
        found: Json = self.payload.get("event") or {}
        return found

    @property
    def user(self) -> str:
        """Who said it."""
        user = self.payload.get("user")
        named = user.get("id") if isinstance(user, dict) else self.payload.get("user_id")
        return str(named or self.event.get("user") or "")


def said_in(slack: LocalSlack) -> list[Said]:
    """Return all that people said, in the order in which they did."""
    given: Counter[str] = Counter()
    first: dict[str, Envelope] = {}
    for envelope in slack.courier.delivered:
        key = _id_of(envelope)
        first.setdefault(key, envelope)
        given[key] += 1
    given.subtract(_id_of(envelope) for envelope, _ in slack.courier.failures)
    return [Said(envelope.kind, envelope.payload, given[key] > 0) for key, envelope in first.items()]


def messages(said: list[Said]) -> Iterator[tuple[Json, bool]]:
    """Give each message that people wrote, once, and whether it was acknowledged.

    A mention comes twice, as two events: one acknowledgement is enough.
    """
    acknowledged: dict[tuple[str, str], bool] = {}
    found: dict[tuple[str, str], Json] = {}
    for one in said:
        event = one.event
        if event.get("type") not in ("message", "app_mention") or event.get("subtype") or event.get("bot_id"):
            continue
        key = (str(event["channel"]), str(event["ts"]))
        found.setdefault(key, event)
        acknowledged[key] = acknowledged.get(key, False) or one.is_acknowledged
    for key, event in found.items():
        yield event, acknowledged[key]


def _id_of(envelope: Envelope) -> str:
    payload = envelope.payload
    return str(payload.get("event_id") or payload["trigger_id"])


def key_of(message: Message) -> str:
    """Return the key under which it was queued; empty where it has none."""
    payload = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("key") or "")


def is_late_answer(message: Message) -> bool:
    """Whether it is the answer to a command, said directly since its link had run out."""
    return key_of(message).startswith("response_url ")
