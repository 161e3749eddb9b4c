"""What people do with what the app shows them, and the payloads that tell the app of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.playground.answers import Answers
from bot.playground.blocks import elements_in
from bot.playground.composer import compose, escaped
from bot.playground.delivery import Acknowledgement, Courier, Envelope
from bot.playground.entries import entry_faults
from bot.playground.installation import Installation
from bot.playground.manifest import Shortcut, SlashCommand
from bot.playground.payloads import message_json, view_json
from bot.playground.rules import RefusedError
from bot.playground.speech import Speech
from bot.playground.triggers import ResponseUrls, Triggers
from bot.playground.values import holds_state, initial_values, reported
from bot.playground.views import Views
from bot.playground.workspace import Channel, Kind, Message, View

Json = dict[str, Any]

NO_ANSWER = "We had some trouble connecting. Try again?"


class Submission(Struct, frozen=True):
    """How a submission ended: `errors` by block_id when the app found faults, `trouble` when none came."""

    errors: Mapping[str, str]
    trouble: str = ""


class Interactions:
    """Clicks, choices, commands, shortcuts and submissions of people."""

    def __init__(
        self,
        installation: Installation,
        courier: Courier,
        triggers: Triggers,
        response_urls: ResponseUrls,
        views: Views,
        answers: Answers,
        speech: Speech,
    ) -> None:
        self._installation, self._courier = installation, courier
        self._triggers, self._response_urls = triggers, response_urls
        self._views, self._answers, self._speech = views, answers, speech
        self._workspace = installation.workspace

    # -- commands

    async def run_command(self, user: str, channel: Channel, name: str, text: str) -> None:
        """Send a slash command; what goes wrong is told to the person alone, as Slackbot does."""
        if name == "/invite":
            self._invite(user, channel, text)
            return
        command = self._installation.manifest.command(name)
        # Commands belong to the installing workspace: people of other ones do not have them.
        is_here = self._installation.is_installed and not self._workspace.people[user].is_external
        if command is None or not is_here:
            self._answers.whisper(channel, user, f"`{name}` is not a valid command.")
            return
        person = self._workspace.people[user]
        payload: Json = {
            "token": "unused",
            "team_id": self._installation.team_id,
            "team_domain": "local",
            "channel_id": channel.id,
            "channel_name": _spoken_name(channel),
            "user_id": user,
            "user_name": person.handle,
            "command": name,
            "text": self._command_text(command, text),
            "api_app_id": self._installation.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(channel.id, user),
            "trigger_id": self._triggers.issue(user),
        }
        answer = await self._courier.ask(Envelope("slash_commands", payload, accepts_response_payload=True))
        if not answer.is_given:
            self._answers.whisper(
                channel, user, f"`{name}` failed because the app did not respond (operation_timeout)."
            )
        elif isinstance(answer.body, dict) and (answer.body.get("text") or answer.body.get("blocks")):
            self._answers.answer_command(channel, user, answer.body)

    def _invite(self, user: str, channel: Channel, text: str) -> None:
        """Slack's own /invite: whoever is named comes into the channel."""
        for word in text.split():
            invited = self._workspace.handles.get(word.removeprefix("@").lower())
            if invited is None or channel.kind in {Kind.IM, Kind.MPIM}:
                self._answers.whisper(channel, user, f"{word} cannot be invited here.")
            else:
                self._speech.join(invited, channel, inviter=user)

    def _command_text(self, command: SlashCommand, typed: str) -> str:
        """What follows the command; names become ids where the manifest asks for it (`should_escape`)."""
        if not command.should_escape:
            return escaped(typed)
        text, _ = compose(typed, self._workspace.handles, self._workspace.channel_names)
        return text

    # -- shortcuts

    async def run_shortcut(self, user: str, shortcut: Shortcut, message: Message | None = None) -> bool:
        """Use a shortcut, on a message if it is one for messages; False when the app did not respond."""
        payload: Json = self._who(user) | {
            "type": "message_action" if message else "shortcut",
            "token": "unused",
            "action_ts": self._workspace.next_ts(),
            "callback_id": shortcut.callback_id,
            "trigger_id": self._triggers.issue(user),
        }
        if message:
            channel = self._workspace.channels[message.channel]
            payload |= {
                "channel": {"id": channel.id, "name": _spoken_name(channel)},
                "message_ts": message.ts,
                "message": message_json(self._installation, message),
                "response_url": self._response_url(
                    channel.id, user, message.ts, message.thread_ts if message.is_reply else None
                ),
            }
        return (await self._ask(payload)).is_given

    # -- buttons and menus

    async def act_on_message(
        self, user: str, message: Message, block_id: str, action_id: str, value: Any = None
    ) -> bool:
        """Press or choose in a message; False when the app did not respond."""
        block, element = find_element(message.blocks, block_id, action_id)
        key = (message.channel, message.ts, user)
        values = self._workspace.message_values.setdefault(key, initial_values(message.blocks))
        _store(values, block_id, element, value)
        channel = self._workspace.channels[message.channel]
        payload: Json = self._who(user) | {
            "type": "block_actions",
            "api_app_id": self._installation.app_id,
            "token": "unused",
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": channel.id,
                "is_ephemeral": message.visible_to is not None,
            }
            | ({"thread_ts": message.thread_ts} if message.is_reply else {}),
            "trigger_id": self._triggers.issue(user),
            "channel": {"id": channel.id, "name": _spoken_name(channel)},
            "state": {"values": values},
            "response_url": self._response_url(
                channel.id, user, message.ts, message.thread_ts if message.is_reply else None
            ),
            "actions": [self._action(block, element, value)],
        }
        # Slack sends no content of an ephemeral message along.
        if message.visible_to is None:
            payload["message"] = message_json(self._installation, message)
        return (await self._ask(payload)).is_given

    async def act_on_view(
        self, user: str, view: View, block_id: str, action_id: str, value: Any = None
    ) -> bool:
        """Press or choose in a modal or Home; False when the app did not respond."""
        block, element = find_element(view.body["blocks"], block_id, action_id)
        values = {known: dict(actions) for known, actions in view.values.items()}
        _store(values, block_id, element, value)
        current = replace(view, values=values)
        self._workspace.keep_values(current)
        payload: Json = self._who(user) | {
            "type": "block_actions",
            "api_app_id": self._installation.app_id,
            "token": "unused",
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._triggers.issue(user, view.id if view.body["type"] == "modal" else None),
            "view": view_json(self._installation, current),
            "actions": [self._action(block, element, value)],
        }
        return (await self._ask(payload)).is_given

    async def options_for(
        self, user: str, block_id: str, action_id: str, typed: str, container: Message | View
    ) -> Sequence[Json]:
        """Ask the app for the options of an external select."""
        payload: Json = self._who(user) | {
            "type": "block_suggestion",
            "api_app_id": self._installation.app_id,
            "action_id": action_id,
            "block_id": block_id,
            "value": typed,
        }
        if isinstance(container, View):
            payload["view"] = view_json(self._installation, container)
        else:
            payload["message"] = message_json(self._installation, container)
        answer = await self._ask(payload, accepts_response_payload=True)
        body = answer.body if isinstance(answer.body, dict) else {}
        groups = [option for group in body.get("option_groups", ()) for option in group["options"]]
        return [*body.get("options", ()), *groups]

    # -- modals

    def fill(self, view: View, block_id: str, action_id: str, value: Any) -> View:
        """Write into an input of a modal; the app hears of it with the submission."""
        _, element = find_element(view.body["blocks"], block_id, action_id)
        values = {known: dict(actions) for known, actions in view.values.items()}
        _store(values, block_id, element, value)
        filled = replace(view, values=values)
        self._workspace.keep_values(filled)
        return filled

    async def submit(self, view: View) -> Submission:
        """Press the submit button and follow what the app answers."""
        if faults := entry_faults(view):
            return Submission(faults)
        payload: Json = self._who(view.user) | {
            "type": "view_submission",
            "api_app_id": self._installation.app_id,
            "token": "unused",
            "trigger_id": self._triggers.issue(view.user, view.id),
            "view": view_json(self._installation, view),
            "response_urls": [],
            "is_enterprise_install": False,
            "enterprise": None,
        }
        answer = await self._ask(payload, accepts_response_payload=True)
        if not answer.is_given:
            return Submission({}, NO_ANSWER)
        try:
            return self._follow(view, answer.body if isinstance(answer.body, dict) else {})
        except RefusedError as refused:
            return Submission({}, f"{NO_ANSWER} ({refused.error})")

    async def close(self, view: View, *, all_of_them: bool = False) -> None:
        """Close a modal; the app hears of it where it asked for that."""
        for closed in self._views.close(view, all_of_them=all_of_them):
            if closed.body.get("notify_on_close"):
                payload: Json = self._who(view.user) | {
                    "type": "view_closed",
                    "api_app_id": self._installation.app_id,
                    "token": "unused",
                    "view": view_json(self._installation, closed),
                    "is_cleared": all_of_them,
                }
                await self._ask(payload)

    def _follow(self, view: View, body: Mapping[str, Any]) -> Submission:
        action = body.get("response_action")
        if action == "errors":
            return Submission(dict(body["errors"]))
        if action == "update":
            self._views.update(body["view"], view_id=view.id)
        elif action == "push":
            self._views.push_answer(view.user, body["view"])
        else:
            self._views.close(view, all_of_them=action == "clear")
        return Submission({})

    # -- what all payloads share

    async def _ask(self, payload: Json, *, accepts_response_payload: bool = False) -> Acknowledgement:
        if not self._installation.manifest.is_interactive:
            return Acknowledgement(is_given=False, reason="interactivity_disabled")
        return await self._courier.ask(
            Envelope("interactive", payload, accepts_response_payload=accepts_response_payload)
        )

    def _who(self, user: str) -> Json:
        person = self._workspace.people[user]
        return {
            "user": {
                "id": user,
                "username": person.handle,
                "name": person.handle,
                "team_id": person.team_id,
            },
            "team": {"id": self._installation.team_id, "domain": "local"},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _response_url(
        self, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        key = self._response_urls.issue(channel, user, message_ts, thread_ts)
        return f"{self._installation.base_url}/actions/{self._installation.team_id}/{key}"

    def _action(self, block: Mapping[str, Any], element: Mapping[str, Any], value: Any) -> Json:
        action: Json = {
            "type": element["type"],
            "block_id": block["block_id"],
            "action_id": element["action_id"],
            "action_ts": self._workspace.next_ts(),
        }
        if holds_state(element["type"]):
            return action | reported(element, value)
        if element["type"] == "overflow":
            return action | {"selected_option": value}
        if element["type"] == "feedback_buttons":
            return action | {"value": value}
        text = {"text": element["text"]} if "text" in element else {}
        return action | text | ({"value": element["value"]} if "value" in element else {})


def find_element(
    blocks: Sequence[Mapping[str, Any]], block_id: str, action_id: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The block and its element under these ids; LookupError when there is none."""
    for block in blocks:
        if block["block_id"] == block_id:
            for element in elements_in(block):
                if element["action_id"] == action_id:
                    return block, element
    raise LookupError(f"no element {action_id} in block {block_id}")


def _store(values: dict[str, dict[str, Any]], block_id: str, element: Mapping[str, Any], value: Any) -> None:
    if holds_state(element["type"]):
        values.setdefault(block_id, {})[element["action_id"]] = reported(element, value)


def _spoken_name(channel: Channel) -> str:
    names = {Kind.IM: "directmessage", Kind.GROUP: "privategroup"}
    return names.get(channel.kind, channel.name)
