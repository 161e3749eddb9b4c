"""The threads of an escalation as people see them, without Slack: what is queued is delivered by hand."""

from datetime import timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from bot.domain.arrival import Arrival, FileWanted, Withdrawn, Written
from bot.domain.escalation.bridge import LinkedFile, is_internal
from bot.domain.network import SlackUser
from bot.services import delivering, inbox
from bot.services.delivering import Sent
from bot.services.inbox import Considered
from tests.escalations import TEAM, World
from tests.fakes import HandClock


class Threads(Struct):
    """A workspace of threads: `posts` by channel and timestamp, and what single people were told."""

    world: World
    clock: HandClock = field(default_factory=HandClock)
    posts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    whispers: list[dict[str, Any]] = field(default_factory=list)
    seconds: int = 0

    def deliver(self) -> None:
        """Send everything that waits, and give each post a timestamp."""
        database = self.world.database
        while True:
            with database.transaction() as session:
                parcels = delivering.take(session, self.clock, 20)
            if not parcels:
                return
            for parcel in parcels:
                ts = self._send(parcel.method, parcel.content)
                with database.transaction() as session:
                    delivering.sent(session, self.clock, [Sent(parcel, ts)])
            self.clock.instant += timedelta(seconds=2)

    def _send(self, method: str, content: dict[str, Any]) -> str:
        if method == "chat.postEphemeral":
            self.whispers.append(content)
            return ""
        ts = content.get("ts") or self.next_ts()
        known = self.posts.get((content["channel"], ts), {})
        self.posts[content["channel"], ts] = {**known, **content}
        return str(ts)

    def next_ts(self) -> str:
        self.seconds += 1
        return f"1700000{self.seconds:03d}.000000"

    def head(self, channel: str) -> str:
        """Return the timestamp of the first message there, which heads the thread."""
        return min(ts for at, ts in self.posts if at == channel)

    def below(self, channel: str, head: str = "") -> list[str]:
        """Return what stands in the thread there, in order."""
        under = head or self.head(channel)
        found = sorted((ts, one) for (at, ts), one in self.posts.items() if at == channel)
        return [one["text"] for _, one in found if one.get("thread_ts") == under]

    # ---- people --------------------------------------------------------------------------------------

    def written(self, who: str, channel: str, text: str, **changes: Any) -> Written:
        """Return a message in the thread there; a person's id stands for their conversation with us."""
        place = channel.replace("U", "D", 1) if channel.startswith("U") else channel
        is_locked = is_internal(text)
        values: dict[str, Any] = {
            "workspace_id": TEAM,
            "user": SlackUser(TEAM, f"U{who.upper()}"),
            "channel_id": place,
            "thread_ts": changes.get("thread_ts") or self.head(channel),
            "message_ts": changes.get("message_ts") or self.next_ts(),
            "text": "" if is_locked else text,
            "is_internal": is_locked,
        }
        return Written(**{**values, **changes})

    def says(self, who: str, channel: str, text: str, *files: str, **changes: Any) -> Written:
        """Let somebody write in a thread, and everybody see it."""
        links = tuple(LinkedFile(name, f"https://slack.example/files/{name}") for name in files)
        said = self.written(who, channel, text, **({"files": links} if links else {}), **changes)
        self.arrives(said)
        return said

    def edits(self, said: Written, text: str) -> None:
        """Let somebody change what they wrote."""
        is_locked = is_internal(text)
        whole = {**asdict(said), "text": "" if is_locked else text, "is_internal": is_locked, "files": ()}
        self.arrives(Written(**{**whole, "version": self.next_ts()}))

    def deletes(self, said: Written) -> None:
        """Let somebody take back what they wrote."""
        self.arrives(
            Withdrawn(said.workspace_id, said.user, said.channel_id, said.thread_ts, said.message_ts)
        )

    def opens(self, who: str, value: str) -> None:
        """Let somebody confirm that they want to see a file."""
        message_id, number = value.split()
        user = SlackUser(TEAM, f"U{who.upper()}")
        ts = self.next_ts()
        self.arrives(FileWanted(TEAM, user, "C", "1", ts, int(message_id), int(number)))

    def arrives(self, *arrivals: Arrival) -> None:
        """Let things arrive, settle them, and deliver what they lead to."""
        with self.world.database.transaction() as session:
            for one in arrivals:
                if isinstance(one, Written | Withdrawn):
                    inbox.receive_in_thread(session, self.world.bot, one)
                else:
                    inbox.receive(session, self.world.bot, [one])
        while self.settle():
            pass
        self.deliver()

    def settle(self) -> int:
        """Take what arrived and give it its effect; return how much that was."""
        with self.world.database.transaction() as session:
            works = inbox.take(session, self.world.bot, 10)
        for work in works:
            with self.world.database.transaction() as session:
                inbox.settle(session, self.world.bot, [(work, Considered())])
        return len(works)

    def buttons(self, channel: str) -> list[dict[str, Any]]:
        """Return the buttons of files there, in order."""
        found = sorted((ts, one) for (at, ts), one in self.posts.items() if at == channel)
        blocks = [block for _, one in found for block in one["blocks"] if block["type"] == "actions"]
        elements = [element for block in blocks for element in block["elements"]]
        return [one for one in elements if str(one["action_id"]).startswith("signpost.thread-file")]
