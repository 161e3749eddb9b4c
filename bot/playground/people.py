"""People in tests: they do only what somebody in front of Slack could do, and see only what is for them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.playground.blocks import elements_in
from bot.playground.choosing import chosen_value, written_value
from bot.playground.mrkdwn import Reader, spoken, spoken_blocks
from bot.playground.mrkdwn import parse as parse_mrkdwn
from bot.playground.shown import Shown, ShownView, labels_in
from bot.playground.workspace import Channel, Message, View

if TYPE_CHECKING:
    from bot.playground.server import LocalSlack

Result = TypeVar("Result")


PATIENCE = 15.0
"""Seconds that somebody waits to see something; it costs nothing where it comes, and machines may be busy."""


class NotAcknowledgedError(AssertionError):
    """The app did not answer a click, a shortcut or a submission within three seconds."""


class PersonInTests:
    """Somebody of the workspace, to act and look as."""

    def __init__(self, slack: "LocalSlack", user: str) -> None:
        self._slack, self.user_id = slack, user
        self._workspace = slack.workspace

    # -- writing

    async def says(
        self,
        text: str,
        *,
        in_: str,
        thread: Shown | None = None,
        files: Sequence[Path | tuple[str, bytes]] = (),
        is_broadcast: bool = False,
    ) -> Shown:
        """Write in "#channel" or to "@Signpost"; "@Signpost" within the text becomes a mention."""
        channel = self._entered(in_)
        carried = [(f.name, f.read_bytes()) if isinstance(f, Path) else f for f in files]
        thread_ts = (thread.thread_ts or thread.ts) if thread else None
        message = self._slack.speech.post(
            self.user_id, channel, text, thread_ts=thread_ts, files=carried, is_broadcast=is_broadcast
        )
        await asyncio.sleep(0)
        return self._shown(message)

    async def mentions(self, text: str, *, in_: str, thread: Shown | None = None) -> Shown:
        """Write with the app mentioned in front."""
        bot = self._workspace.people[self._slack.bot_user_id]
        return await self.says(f"@{bot.handle} {text}", in_=in_, thread=thread)

    async def edits(self, sent: Shown, text: str) -> Shown:
        """Change what she wrote herself."""
        message = self._current(sent)
        if message.user != self.user_id:
            raise AssertionError(f"{self._name} cannot edit what somebody else wrote.")
        return self._shown(self._slack.speech.edit(message, text))

    async def deletes(self, sent: Shown) -> None:
        """Take back what she wrote herself."""
        self._workspace.delete(self._current(sent))

    async def reacts(self, emoji: str, *, to: Shown) -> None:
        """Put an emoji under a message she sees."""
        self._workspace.react(self._current(to), emoji.strip(":"), self.user_id)

    async def joins(self, channel: str) -> None:
        """Come into a channel."""
        self._slack.speech.join(self.user_id, self._slack.place(channel, self.user_id))

    async def leaves(self, channel: str) -> None:
        """Leave a channel."""
        self._workspace.leave(self._slack.place(channel, self.user_id).id, self.user_id)

    # -- looking

    def all_she_sees(self, in_: str | None = None) -> tuple[Shown, ...]:
        """Every message she can see, in one conversation or in all, oldest first."""
        channels = [self._entered(in_)] if in_ else [*self._workspace.channels.values()]
        seen = [m for channel in channels for m in self._workspace.visible(channel.id, self.user_id)]
        return tuple(self._shown(message) for message in sorted(seen, key=lambda message: message.ts))

    async def sees(
        self, text: str, *, in_: str | None = None, thread: Shown | None = None, within: float = PATIENCE
    ) -> Shown:
        """Wait until a message she can see contains the text; the latest one that does."""

        def newest() -> Shown | None:
            for shown in reversed(self.all_she_sees(in_)):
                if text in shown.text and (thread is None or shown.thread_ts == thread.ts):
                    return shown
            return None

        return await self._until(newest, within, lambda: f'no message with "{text}"{self._seen_list(in_)}')

    async def sees_answer(self, to: Shown, *, within: float = PATIENCE) -> Shown:
        """Wait until the app has answered in the thread under a message, or after it outside of threads."""

        def newest() -> Shown | None:
            for shown in reversed(self.all_she_sees(to.channel)):
                is_below = shown.thread_ts == (to.thread_ts or to.ts)
                is_after = shown.thread_ts is None and to.thread_ts is None
                if self._is_from_app(shown) and shown.ts > to.ts and (is_below or is_after):
                    return shown
            return None

        return await self._until(newest, within, lambda: f"no answer{self._seen_list(to.channel)}")

    async def sees_reaction(self, emoji: str, *, on: Shown, within: float = PATIENCE) -> None:
        """Wait until a message carries a reaction."""

        def carries() -> bool | None:
            return emoji in dict(self._current(on).reactions) or None

        await self._until(carries, within, lambda: f"no :{emoji}: on {on.text!r}")

    async def sees_nothing(self, *, in_: str, for_: float = 0.5) -> None:
        """Make sure that the app says nothing there after what she wrote last."""
        channel = self._entered(in_)
        own = [m.ts for m in self._workspace.visible(channel.id, self.user_id) if m.user == self.user_id]
        since = max(own, default=self._workspace.next_ts())
        await self._slack.settled()

        def spoken_since() -> Shown | None:
            shown = [s for s in self.all_she_sees(in_) if s.ts > since and self._is_from_app(s)]
            return shown[-1] if shown else None

        said = await self._watch(spoken_since, for_)
        if said:
            raise AssertionError(f"{self._name} sees something after all: {said.text!r}")

    # -- pressing and choosing

    async def clicks(self, label: str, *, on: Shown | ShownView, option: str | None = None) -> None:
        """Press a button, or choose from a menu: an overflow entry by its label, a select with `option`."""
        blocks = self._blocks(on)
        for block in blocks:
            for element in elements_in(block):
                if "external" in element["type"] and option is not None:
                    element = await self._with_options(on, block, element, option)  # noqa: PLW2901
                value = chosen_value(self._workspace, element, label, option)
                if value is not None:
                    await self._act(on, block["block_id"], element["action_id"], value.value)
                    return
        raise AssertionError(
            f'There is no "{label}" to press. {self._name} sees: {", ".join(labels_in(blocks))}'
        )

    async def picks(self, option: str, *, on: Shown | ShownView) -> None:
        """Choose an option in whichever menu, list or picker has it."""
        await self.clicks(option, on=on, option=option)

    async def runs(self, command: str, *, in_: str) -> None:
        """Type a slash command; what goes wrong shows as a message for her alone."""
        name, _, text = command.partition(" ")
        await self._slack.interactions.run_command(self.user_id, self._entered(in_), name, text.strip())

    async def uses(self, shortcut: str, *, on: Shown | None = None) -> None:
        """Use a shortcut by its name, on a message if it is one for messages."""
        message = self._current(on) if on else None
        for known in self._slack.installation.manifest.shortcuts:
            if known.name == shortcut and known.is_for_messages is (message is not None):
                if not await self._slack.interactions.run_shortcut(self.user_id, known, message):
                    raise NotAcknowledgedError(f'The app did not answer the shortcut "{shortcut}".')
                return
        raise AssertionError(f'The manifest has no shortcut "{shortcut}" for this place.')

    # -- modals and Home

    async def sees_modal(self, title: str = "", *, within: float = PATIENCE) -> ShownView:
        """Wait until a modal whose title contains this lies on top."""

        def top() -> ShownView | None:
            stack = self._workspace.modals.get(self.user_id, ())
            return self._shown_view(stack[-1]) if stack and title in stack[-1].title else None

        return await self._until(top, within, lambda: f'no modal "{title}", but {self._modal_titles()}')

    async def sees_no_modal(self, *, within: float = PATIENCE) -> None:
        """Wait until all modals are closed."""

        def none_left() -> bool | None:
            return not self._workspace.modals.get(self.user_id, ()) or None

        await self._until(none_left, within, lambda: f"a modal still open: {self._modal_titles()}")

    async def fills(self, entries: Mapping[str, Any], *, submit: bool = True) -> dict[str, str] | None:
        """Fill in the inputs of the top modal by their labels, and submit.

        Values are words, the label of an option, a list of those, a date ("2026-05-01"), or (name, bytes) for
        a file. Returns the complaints by label, or None when there are none.
        """
        view = (await self.sees_modal()).view
        for label, value in entries.items():
            block = _input_block(view, label)
            element = block["element"]
            if "external" in element["type"]:
                element = await self._with_options(ShownView(view, ""), block, element, str(value))
            written = written_value(self._slack.installation, self._slack.shelf, element, value, self.user_id)
            view = self._slack.interactions.fill(view, block["block_id"], element["action_id"], written)
        if not submit:
            return None
        outcome = await self._slack.interactions.submit(view)
        if outcome.trouble:
            raise NotAcknowledgedError(outcome.trouble)
        labels = {b["block_id"]: b["label"]["text"] for b in view.body["blocks"] if b["type"] == "input"}
        return {labels.get(block_id, block_id): said for block_id, said in outcome.errors.items()} or None

    async def submits(self) -> dict[str, str] | None:
        """Submit the top modal as it stands."""
        return await self.fills({})

    async def closes_modal(self, *, all_of_them: bool = False) -> None:
        """Close the top modal, or the whole stack."""
        await self._slack.interactions.close((await self.sees_modal()).view, all_of_them=all_of_them)

    async def opens_home(self, tab: str = "home") -> None:
        """Look at the app's Home, or at its "messages" tab."""
        self._slack.speech.open_app(self.user_id, tab)
        await asyncio.sleep(0)

    async def sees_home(self, text: str = "", *, within: float = PATIENCE) -> ShownView:
        """Wait until her Home contains the text."""

        def home() -> ShownView | None:
            view = self._workspace.homes.get(self.user_id)
            shown = self._shown_view(view) if view else None
            return shown if shown and text in shown.text else None

        return await self._until(home, within, lambda: f'no Home with "{text}"')

    # -- within

    @property
    def _name(self) -> str:
        return self._workspace.people[self.user_id].name

    @property
    def reader(self) -> Reader:
        """How she reads ids and dates."""
        return Reader(
            user_name=lambda user: (
                self._workspace.people[user].name if user in self._workspace.people else user
            ),
            channel_name=lambda channel: self._workspace.channels[channel].name,
            time_zone=self._workspace.people[self.user_id].time_zone,
            now=self._workspace.clock.now,
        )

    def _entered(self, name: str) -> Channel:
        channel = self._slack.place(name, self.user_id)
        if self.user_id not in channel.members:
            raise AssertionError(f"{self._name} is not in {name}.")
        return channel

    def _is_from_app(self, shown: Shown) -> bool:
        return shown.message.bot_id == self._slack.installation.bot_id

    def _shown(self, message: Message) -> Shown:
        if message.blocks:
            text = spoken_blocks(message.blocks, self.reader)
        else:
            text = spoken(parse_mrkdwn(message.text), self.reader)
        names = [stored.title or stored.name for stored in message.files]
        return Shown(message, "\n".join([text, *names]).strip())

    def _shown_view(self, view: View) -> ShownView:
        return ShownView(view, spoken_blocks(view.body["blocks"], self.reader))

    def _current(self, shown: Shown) -> Message:
        message = self._workspace.message(shown.channel, shown.ts)
        visible = self._workspace.visible(shown.channel, self.user_id)
        if message is None or message not in visible:
            raise AssertionError(f"{self._name} cannot see {shown.text!r} (any more).")
        return message

    def _blocks(self, on: Shown | ShownView) -> Sequence[Mapping[str, Any]]:
        return self._current(on).blocks if isinstance(on, Shown) else self._current_view(on).body["blocks"]

    def _current_view(self, on: ShownView) -> View:
        view = self._workspace.find_view(on.view.id)
        if view is None or view.user != self.user_id:
            raise AssertionError(f'{self._name} cannot see "{on.title}" (any more).')
        return view

    async def _with_options(
        self, on: Shown | ShownView, block: Mapping[str, Any], element: Mapping[str, Any], typed: str
    ) -> Mapping[str, Any]:
        """An external select with the options that the app offers for what is typed."""
        container = on.message if isinstance(on, Shown) else on.view
        ids = (block["block_id"], element["action_id"])
        options = await self._slack.interactions.options_for(self.user_id, *ids, typed, container)
        return {**element, "options": options}

    async def _act(self, on: Shown | ShownView, block_id: str, action_id: str, value: Any) -> None:
        interactions = self._slack.interactions
        if isinstance(on, Shown):
            message = self._current(on)
            is_given = await interactions.act_on_message(self.user_id, message, block_id, action_id, value)
        else:
            view = self._current_view(on)
            is_given = await interactions.act_on_view(self.user_id, view, block_id, action_id, value)
        if not is_given:
            raise NotAcknowledgedError(f"The app did not answer the click on {action_id}.")

    async def _watch(self, look: Callable[[], Result | None], seconds: float) -> Result | None:
        """Look after every change in the workspace, at most so long."""
        changed = asyncio.Event()
        end = self._workspace.on_change(lambda _: changed.set())
        try:
            async with asyncio.timeout(seconds):
                while (found := look()) is None:
                    changed.clear()
                    await changed.wait()
                return found
        except TimeoutError:
            return None
        finally:
            end()

    async def _until(
        self, look: Callable[[], Result | None], seconds: float, complaint: Callable[[], str]
    ) -> Result:
        found = await self._watch(look, seconds)
        if found is None:
            raise AssertionError(f"Within {seconds} s {self._name} sees {complaint()}")
        return found

    def _seen_list(self, in_: str | None) -> str:
        lines = [f"- {shown.text!r}" for shown in self.all_she_sees(in_)[-10:]]
        return "; what there is:\n" + "\n".join(lines or ["(nothing)"])

    def _modal_titles(self) -> str:
        return ", ".join(view.title for view in self._workspace.modals.get(self.user_id, ())) or "none"


def _input_block(view: View, label: str) -> Mapping[str, Any]:
    inputs = [block for block in view.body["blocks"] if block["type"] == "input"]
    for block in inputs:
        if block["label"]["text"] == label:
            return dict(block)
    known = ", ".join(block["label"]["text"] for block in inputs)
    raise AssertionError(f'"{view.title}" has no input "{label}", but: {known}')
