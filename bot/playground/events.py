"""Which events the app gets to hear when something changes, https://docs.slack.dev/reference/events."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.playground.changes import Change, Deleted, Edited, Joined, Left, Posted, Reacted
from bot.playground.installation import Installation
from bot.playground.payloads import bot_profile, message_json
from bot.playground.workspace import Channel, Kind, Message

Json = dict[str, Any]

_SUBSCRIPTIONS: Mapping[Kind, tuple[str, str]] = {
    Kind.CHANNEL: ("message.channels", "channels:history"),
    Kind.GROUP: ("message.groups", "groups:history"),
    Kind.IM: ("message.im", "im:history"),
    Kind.MPIM: ("message.mpim", "mpim:history"),
}
_CHANNEL_LETTER: Mapping[Kind, str] = {Kind.CHANNEL: "C", Kind.GROUP: "G", Kind.IM: "D", Kind.MPIM: "G"}


class EventStream:
    """Turns changes into Events API payloads, if the manifest subscribes to them and the bot may see them."""

    def __init__(self, installation: Installation, send: Callable[[Json], None]) -> None:
        self._installation, self._send = installation, send
        installation.workspace.on_change(self._on_change)

    def emit(self, event: Json, *, channel: Channel | None = None) -> Json:
        """Send one event in its wrapper, with an event_id of its own; returns the payload."""
        payload = self._wrapped(event, channel)
        self._send(payload)
        return payload

    def opened_home(self, user: str, tab: str, channel_id: str) -> None:
        """Tell that somebody looks at the app: its "home" or its "messages" tab."""
        installation = self._installation
        if "app_home_opened" not in installation.manifest.events or not installation.is_installed:
            return
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel_id,
            "tab": tab,
            "event_ts": installation.workspace.next_ts(),
        }
        self.emit(event)

    def _on_change(self, change: Change) -> None:
        if not self._installation.is_installed:
            return
        for event, channel in self._events(change):
            self.emit(event, channel=channel)

    def _events(self, change: Change) -> Iterator[tuple[Json, Channel]]:
        channel = self._channel_of(change)
        if channel is None or not self._installation.is_member(channel):
            return
        if isinstance(change, Posted) and change.message.visible_to is None:
            yield from self._posted(change.message, channel)
        elif isinstance(change, Edited) and change.after.visible_to is None:
            yield from self._edited(change, channel)
        elif isinstance(change, Deleted) and change.message.visible_to is None:
            yield from self._deleted(change, channel)
        elif isinstance(change, Reacted):
            yield from self._reacted(change, channel)
        elif isinstance(change, Joined | Left):
            yield from self._membership(change, channel)

    def _channel_of(self, change: Change) -> Channel | None:
        if isinstance(change, Posted | Deleted | Reacted):
            return self._installation.workspace.channels[change.message.channel]
        if isinstance(change, Edited):
            return self._installation.workspace.channels[change.after.channel]
        return change.channel if isinstance(change, Joined | Left) else None

    def _posted(self, message: Message, channel: Channel) -> Iterator[tuple[Json, Channel]]:
        body = self._body(message)
        if self._mentions_bot(message) and channel.kind is not Kind.IM:
            yield from self._mention(body, channel)
        if self._hears_messages(channel):
            yield body | {"channel_type": channel.kind.value}, channel

    def _edited(self, change: Edited, channel: Channel) -> Iterator[tuple[Json, Channel]]:
        # A mention that an edit brings in arrives as app_mention too, with `edited` set.
        is_new = self._mentions_bot(change.after) and not self._mentions_bot(change.before)
        if is_new and channel.kind is not Kind.IM:
            yield from self._mention(self._body(change.after), channel)
        if not self._hears_messages(channel):
            return
        event = self._hidden("message_changed", channel, change.after.edited_ts or change.after.ts)
        event["message"] = message_json(self._installation, change.after)
        event["previous_message"] = message_json(self._installation, change.before)
        yield event, channel

    def _deleted(self, change: Deleted, channel: Channel) -> Iterator[tuple[Json, Channel]]:
        if not self._hears_messages(channel):
            return
        event = self._hidden("message_deleted", channel, change.ts)
        event["deleted_ts"] = change.message.ts
        event["previous_message"] = message_json(self._installation, change.message)
        yield event, channel

    def _reacted(self, change: Reacted, channel: Channel) -> Iterator[tuple[Json, Channel]]:
        kind = "reaction_added" if change.is_added else "reaction_removed"
        if kind not in self._installation.manifest.events or not self._installation.may("reactions:read"):
            return
        event: Json = {
            "type": kind,
            "user": change.user,
            "reaction": change.name,
            "item": {"type": "message", "channel": channel.id, "ts": change.message.ts},
            "item_user": change.message.user,
            "event_ts": self._installation.workspace.next_ts(),
        }
        yield event, channel

    def _membership(self, change: Joined | Left, channel: Channel) -> Iterator[tuple[Json, Channel]]:
        kind = "member_joined_channel" if isinstance(change, Joined) else "member_left_channel"
        right = "channels:read" if channel.kind is Kind.CHANNEL else "groups:read"
        if kind not in self._installation.manifest.events or not self._installation.may(right):
            return
        event: Json = {
            "type": kind,
            "user": change.user,
            "channel": channel.id,
            "channel_type": _CHANNEL_LETTER[channel.kind],
            "team": self._installation.workspace.people[change.user].team_id,
            "event_ts": self._installation.workspace.next_ts(),
        }
        if isinstance(change, Joined) and change.inviter:
            event["inviter"] = change.inviter
        yield event, channel

    def _mention(self, body: Json, channel: Channel) -> Iterator[tuple[Json, Channel]]:
        if "app_mention" in self._installation.manifest.events and self._installation.may(
            "app_mentions:read"
        ):
            yield body | {"type": "app_mention"}, channel

    def _mentions_bot(self, message: Message) -> bool:
        return f"<@{self._installation.bot_user}>" in message.text

    def _hears_messages(self, channel: Channel) -> bool:
        event, scope = _SUBSCRIPTIONS[channel.kind]
        return event in self._installation.manifest.events and self._installation.may(scope)

    def _body(self, message: Message) -> Json:
        """A message as an event carries it: without its metadata, with the channel and the event's time."""
        body = message_json(self._installation, message, with_metadata=False)
        body |= {"channel": message.channel, "event_ts": message.ts}
        if message.files:
            body |= {"upload": False, "display_as_bot": False}
        if message.bot_id == self._installation.bot_id:
            body |= {"bot_profile": bot_profile(self._installation)}
        return body

    def _hidden(self, subtype: str, channel: Channel, ts: str) -> Json:
        return {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.kind.value,
        }

    def _wrapped(self, event: Json, channel: Channel | None) -> Json:
        installation = self._installation
        authorization = {
            "enterprise_id": None,
            "team_id": installation.team_id,
            "user_id": installation.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "unused",
            "team_id": installation.team_id,
            "context_team_id": installation.team_id,
            "context_enterprise_id": None,
            "api_app_id": installation.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": installation.workspace.next_id("Ev"),
            "event_time": installation.workspace.now_seconds,
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(channel and channel.is_shared),
            "event_context": installation.workspace.next_id("4-"),
        }
