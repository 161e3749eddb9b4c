"""What the app says back through a response_url or an acknowledgement."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from bot.playground.drafts import checked_blocks, checked_metadata, checked_text
from bot.playground.installation import Installation
from bot.playground.rules import RefusedError
from bot.playground.triggers import ResponseAddress
from bot.playground.workspace import Channel, Message, stable_id


class Answers:
    """Posts what came over a response_url; https://docs.slack.dev/interactivity/handling-user-interaction."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._workspace = installation.workspace

    @property
    def slackbot(self) -> str:
        """The user who tells people what went wrong with a command."""
        return stable_id("U", self._workspace.team_id, "slackbot")

    def whisper(self, channel: Channel, user: str, text: str) -> Message:
        """Tell one person something in Slack's own name."""
        return self._workspace.post(Message(channel.id, "", self.slackbot, text, visible_to=user))

    def answer_command(self, channel: Channel, user: str, body: Mapping[str, Any]) -> Message:
        """What an app acknowledges a command with: for the person alone unless it says otherwise."""
        return self._post(ResponseAddress(channel.id, user, 0.0), body)

    def respond(self, address: ResponseAddress, body: Mapping[str, Any]) -> None:
        """Use a response address: delete or replace the message it came with, or post a new one."""
        original = self._original(address)
        if body.get("delete_original"):
            self._workspace.delete(self._need(original))
        elif body.get("replace_original"):
            self._replace(self._need(original), body)
        else:
            self._post(address, body)

    def _original(self, address: ResponseAddress) -> Message | None:
        if address.message_ts is None:
            return None
        return self._workspace.message(address.channel, address.message_ts)

    def _need(self, original: Message | None) -> Message:
        if original is None or original.user != self._installation.bot_user:
            raise RefusedError("message_not_found")
        return original

    def _replace(self, original: Message, body: Mapping[str, Any]) -> None:
        blocks = checked_blocks(body.get("blocks"))
        text = checked_text(body.get("text"), blocks, self._installation.limits)
        self._workspace.edit(original, text=text, blocks=blocks)

    def _post(self, address: ResponseAddress, body: Mapping[str, Any]) -> Message:
        blocks = checked_blocks(body.get("blocks"))
        message = Message(
            channel=address.channel,
            ts="",
            user=self._installation.bot_user,
            text=checked_text(body.get("text"), blocks, self._installation.limits),
            blocks=blocks,
            thread_ts=body.get("thread_ts") or address.thread_ts,
            metadata=checked_metadata(body.get("metadata"), self._installation.limits),
            bot_id=self._installation.bot_id,
        )
        is_public = body.get("response_type") == "in_channel"
        return self._workspace.post(message if is_public else replace(message, visible_to=address.user))
