"""What people do by themselves: write, edit, react, come and go."""

from collections.abc import Sequence
from uuid import uuid4

from bot.playground.composer import compose, rich_text
from bot.playground.events import EventStream
from bot.playground.files import FileShelf
from bot.playground.installation import Installation
from bot.playground.workspace import Channel, Kind, Message


class Speech:
    """The doings of people that need no answer from the app."""

    def __init__(self, installation: Installation, shelf: FileShelf, events: EventStream) -> None:
        self._installation, self._shelf, self._events = installation, shelf, events
        self._workspace = installation.workspace

    def post(
        self,
        user: str,
        channel: Channel,
        typed: str,
        *,
        thread_ts: str | None = None,
        is_broadcast: bool = False,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Message:
        """Send what somebody typed, with files as (name, content)."""
        if channel.is_archived:
            raise ValueError(f"#{channel.name} is archived")
        text, elements = compose(typed, self._workspace.handles, self._workspace.channel_names)
        stored = tuple(self._shelf.store(name, content, user) for name, content in files)
        subtype = "file_share" if stored else "thread_broadcast" if is_broadcast else None
        message = Message(
            channel=channel.id,
            ts="",
            user=user,
            text=text,
            blocks=(rich_text(elements, uuid4().hex[:5]),) if elements else (),
            thread_ts=thread_ts,
            subtype=subtype,
            client_msg_id=str(uuid4()),
            files=stored,
        )
        posted = self._workspace.post(message)
        self._workspace.mark_read(channel.id, user)
        self._offer_invitation(posted, channel)
        return posted

    def _offer_invitation(self, message: Message, channel: Channel) -> None:
        """Say that the mentioned app is not here, as Slackbot does."""
        bot = self._workspace.people[self._installation.bot_user]
        if f"<@{bot.id}>" in message.text and bot.id not in channel.members and channel.name:
            hint = f"{bot.name} is not in #{channel.name}; `/invite @{bot.handle}` brings it in."
            self._workspace.post(
                Message(channel.id, "", self._workspace.handles["slackbot"], hint, visible_to=message.user)
            )

    def edit(self, message: Message, typed: str) -> Message:
        """Change what somebody wrote."""
        text, elements = compose(typed, self._workspace.handles, self._workspace.channel_names)
        return self._workspace.edit(message, text=text, blocks=(rich_text(elements, uuid4().hex[:5]),))

    def join(self, user: str, channel: Channel, inviter: str | None = None) -> None:
        """Come into a channel, which leaves a line there."""
        if user in channel.members:
            return
        self._workspace.join(channel.id, user, inviter)
        if channel.kind in {Kind.CHANNEL, Kind.GROUP}:
            subtype = "channel_join" if channel.kind is Kind.CHANNEL else "group_join"
            line = Message(channel.id, "", user, f"<@{user}> has joined the channel", subtype=subtype)
            self._workspace.post(line)

    def open_app(self, user: str, tab: str = "home") -> Channel:
        """Look at the app's "home" or "messages" tab."""
        direct = self._workspace.direct(user, self._installation.bot_user)
        self._events.opened_home(user, tab, direct.id)
        return direct
