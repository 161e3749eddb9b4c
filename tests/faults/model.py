"""What must be true in the end, whatever happened: nothing lost, nothing doubled, nobody forgotten."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec import Struct, field
from sqlalchemy import Connection, text
from sqlmodel import select

from bot.playground.workspace import Message
from bot.services import delivering, inbox
from bot.storage.tables import InboxRow, OutboxRow
from tests.faults.crowd import ORDER, QUESTIONS
from tests.faults.record import Json, Said, is_late_answer, key_of, messages, said_in
from tests.faults.reminding import OWNERS, Packages
from tests.faults.stage import Stage

SOLVED_WORDS = ("Marked as solved", "Als gelöst")
RESTORE_WORDS = ("Database restore", "Datenbank")
ESCALATION = "escalation "
"""How the keys of all begin that is said of an escalation."""
TELLS_NOBODY = {"homeopened", "invited", "withdrawn"}
"""The kinds of arrivals that are set aside in silence: nobody waits for words."""
TAKE_ACTION, SOLVED_ACTION, ESCALATE_FORM = "esc-take", "solved", "trouble "


class Findings(Struct):
    """What was compared, and every difference in words."""

    compared: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    repeated_alone: int = 0

    @property
    def all(self) -> list[str]:
        """Every difference, with its kind."""
        return [
            *(f"lost: {one}" for one in self.lost),
            *(f"doubled: {one}" for one in self.doubled),
            *(f"astray: {one}" for one in self.astray),
        ]


class Model:
    """Compares what people said and what was acknowledged with what stands in the workspace."""

    def __init__(self, stage: Stage, packages: Packages) -> None:
        self._stage, self._packages, self._slack = stage, packages, stage.slack
        self._said = said_in(stage.slack)
        self._ours = [one for one in self._all_messages() if one.bot_id == stage.slack.installation.bot_id]
        self._users = {one.user for one in self._said}
        self._given_up: set[str] = set()
        self._refused: tuple[str, ...] = ()
        self.found = Findings()

    def compare(self) -> Findings:
        """Compare everything."""
        self._posts()
        self._find_given_up()
        self._find_set_aside()
        self._questions()
        self._orders()
        self._presses()
        self._reminders()
        database = self._stage.open_database()
        with database.engine.connect() as connection:
            self._remarks(connection)
            self._queues(connection)
            self._escalations(connection)
            self._takes(connection)
        database.close()
        return self.found

    def _all_messages(self) -> Iterator[Message]:
        for stored in self._slack.workspace.messages.values():
            yield from stored.values()

    # -- what stands in the workspace

    def _posts(self) -> None:
        """Every post of ours has a key, and no key is there twice."""
        keys = Counter(key_of(one) for one in self._ours if key_of(one))
        self.found.compared["posts"] = keys.total()
        self.found.doubled += [f"post {key}, {times} times" for key, times in keys.items() if times > 1]

    def _find_given_up(self) -> None:
        """Note what Slack refused too often and for more than a day: by a rule of ours that is tried no more.

        Months pass here between two tries, so that this happens to what failed a dozen times by chance.
        """
        database, posted = self._stage.open_database(), {key_of(one) for one in self._ours}
        with database.transaction() as session:
            query = select(OutboxRow).where(
                OutboxRow.state == "failed", OutboxRow.attempts >= delivering.MAX_ATTEMPTS
            )
            self._given_up = {
                r.key for r in session.exec(query) if r.not_before - r.queued_at >= delivering.OUTLASTED
            }
        database.close()
        self.found.compared["given up after a day of trying"] = len(self._given_up - posted)

    def _find_set_aside(self) -> None:
        """Note what too many lives died over: by a rule of ours it is tried no more, and its writer told."""
        database = self._stage.open_database()
        with database.transaction() as session:
            query = select(InboxRow).where(InboxRow.state == "failed", InboxRow.attempts > inbox.MAX_ATTEMPTS)
            set_aside = [(row.key, row.kind, row.reference) for row in session.exec(query)]
            told = " ".join(session.exec(select(OutboxRow.key).where(OutboxRow.state == "sent")))
        database.close()
        self._given_up.update(key for key, _, _ in set_aside)
        self._refused = tuple(reference for _, kind, reference in set_aside if kind == "asked")
        self.found.compared["set aside after too many deaths over it"] = len(set_aside)
        self.found.lost += [
            f"{key} was set aside and nobody was told"
            for key, kind, _ in set_aside
            if kind not in TELLS_NOBODY and key not in told
        ]

    def _gave_up(self, part: str) -> bool:
        """Whether something was given up in whose key this stands."""
        return any(part in key for key in self._given_up)

    def _questions(self) -> None:
        answers: Counter[tuple[str, str | None]] = Counter(
            (one.channel, one.thread_ts)
            for one in self._ours
            # The thread of a question may become that of an escalation, into which others' words are carried.
            if one.thread_ts and one.visible_to is None and not key_of(one).startswith(ESCALATION)
        )
        for event, is_acknowledged in messages(self._said):
            if event.get("thread_ts") or not any(words in event["text"] for words in QUESTIONS):
                continue
            self.found.compared["questions"] += 1
            self.found.compared["questions acknowledged"] += is_acknowledged
            times = answers[event["channel"], event["ts"]]
            what = f"answer to {event['channel']}/{event['ts']}"
            key = f"chat.postMessage message:{self._slack.team_id}:{event['channel']}:{event['ts']}"
            if is_acknowledged and not times and key not in self._given_up:
                self.found.lost.append(what)
            elif times > 1:
                self.found.doubled.append(f"{what}, {times} times")

    def _orders(self) -> None:
        """A command's answer is for one person alone, where Slack offers no way to look whether it came."""
        # Where the command's link ran out meanwhile, the answer stands in the conversation with the person.
        direct = {
            self._slack.workspace.direct_id(user, self._slack.bot_user_id): user for user in self._users
        }
        answers = Counter(
            one.visible_to or direct.get(one.channel)
            for one in self._ours
            if (one.visible_to or is_late_answer(one))
            and any(words in one.text for words in (*RESTORE_WORDS, *self._refused))
        )
        wanted: dict[str, list[bool]] = defaultdict(list)
        for one in self._said:
            if one.kind == "slash_commands" and one.payload["command"] == ORDER.partition(" ")[0]:
                wanted[one.user].append(one.is_acknowledged)
        lost = []
        for user, acknowledged in wanted.items():
            self.found.compared["commands"] += len(acknowledged)
            missing = sum(acknowledged) - answers[user]
            lost += [f"answer to a command of {user}"] * max(missing, 0)
            self.found.repeated_alone += max(answers[user] - len(acknowledged), 0)
        # Whose it was does not stand in the key of what was given up.
        self.found.lost += lost[sum(key.startswith("response_url message:") for key in self._given_up) :]

    def _presses(self) -> None:
        late = [one for one in self._ours if is_late_answer(one)]
        for one, action in self._actions(SOLVED_ACTION):
            container = one.payload["container"]
            message = self._slack.workspace.message(container["channel_id"], container["message_ts"])
            # What only one person sees is replaced through a link; once that ran out, it is said directly.
            place = f":{container['channel_id']}:{container['message_ts']}:{one.user}:"
            said = [message, *(post for post in late if place in key_of(post))]
            self.found.compared["presses"] += 1
            is_shown = any(words in _shown(post) for post in said if post for words in SOLVED_WORDS)
            key = f"press:{self._slack.team_id}{place}{action['action_ts']}"
            if one.is_acknowledged and not is_shown and not self._gave_up(key):
                self.found.lost.append(f"press of {action['action_id']} under {container['message_ts']}")

    def _remarks(self, connection: Connection) -> None:
        carried: Counter[tuple[str, str]] = Counter()
        for one in self._ours:
            for word in _marks(one.text, "remark "):
                carried[word, one.channel] += 1
        places = defaultdict(list)
        for (word, channel), times in carried.items():
            places[word].append((channel, times))
        threads = {ts for (ts,) in connection.execute(text("SELECT message_ts FROM escalation_thread"))}
        answered = {key_of(one).rpartition(":")[2] for one in self._ours if one.thread_ts}
        for event, is_acknowledged in messages(self._said):
            for word in _marks(event["text"], "remark "):
                # Below what is said of an escalation elsewhere, it is a question like any other.
                is_carried = event.get("thread_ts") in threads
                self.found.compared["remarks" if is_carried else "remarks elsewhere"] += 1
                is_there = places[word] if is_carried else event["ts"] in answered
                if is_acknowledged and not is_there and not self._gave_up(event["ts"]):
                    self.found.lost.append(f"{word}, written in thread {event.get('thread_ts')}")
                self.found.doubled += [
                    f"{word} in {channel}, {times} times" for channel, times in places[word] if times > 1
                ]

    def _reminders(self) -> None:
        stages = self._packages.said
        for number in OWNERS:
            came = self._packages.came(number)
            self.found.compared["reminders"] += stages
            if came < stages:
                self.found.lost.append(f"reminder of {number}: {came} of {stages} came")
            elif came > stages:
                self.found.doubled.append(f"reminder of {number}: {came} came for {stages} stages")

    # -- what stands in the database

    def _queues(self, connection: Connection) -> None:
        for table, settled in (("inbox", "done"), ("outbox", "sent")):
            query = text(f"SELECT key, state, attempts FROM {table} WHERE state <> :settled")  # noqa: S608 - ours
            for key, state, attempts in connection.execute(query, {"settled": settled}):
                if key not in self._given_up:
                    self.found.lost.append(f"{table} row {key} is {state} after {attempts} attempts")

    def _escalations(self, connection: Connection) -> None:
        rows = connection.execute(
            text("SELECT reference, happened, state, owner_id, keeper, next_action_at FROM escalation")
        ).all()
        opened = Counter(row.happened for row in rows)
        self.found.compared["escalations"] = len(rows)
        shown = Counter(
            ref for ref in (row.reference for row in rows) for one in self._ours if ref in one.text
        )
        for row in rows:
            if row.state != "closed" and not ((row.owner_id or row.keeper) and row.next_action_at):
                self.found.astray.append(f"{row.reference} is {row.state} with nobody or nothing next")
            if shown[row.reference] < 2:
                self.found.lost.append(f"{row.reference} was told to {shown[row.reference]} sides")
        self.found.doubled += [f"escalation “{words}”" for words, times in opened.items() if times > 1]
        references = Counter(row.reference for row in rows)
        self.found.doubled += [f"reference {one}" for one, times in references.items() if times > 1]
        for one in self._said:
            if one.payload.get("type") == "view_submission" and one.is_acknowledged:
                wanted = _marks(json.dumps(one.payload["view"]["state"]), ESCALATE_FORM)
                self.found.lost += [f"escalation “{words}”" for words in wanted if not opened[words]]

    def _takes(self, connection: Connection) -> None:
        taken = Counter(
            str(key)
            for (key,) in connection.execute(
                text("SELECT escalation_id FROM escalation_event WHERE kind IN ('take', 'resolve')")
            )
        )
        for one, action in self._actions(TAKE_ACTION):
            self.found.compared["takes"] += 1
            if one.is_acknowledged and not taken[action["value"]]:
                self.found.lost.append(f"taking escalation {action['value']}")

    def _actions(self, name: str) -> Iterator[tuple[Said, Json]]:
        for one in self._said:
            for action in one.payload.get("actions", ()):
                if one.payload.get("type") == "block_actions" and action["action_id"].endswith(name):
                    yield one, action


def _shown(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def _marks(words: str, before: str) -> set[str]:
    """Return each mark, such as `remark 00017`, that stands in these words."""
    parts = words.split(before)[1:]
    return {f"{before}{part[:5]}" for part in parts if part[:5].isdecimal()}
