"""The table of rights, asked through everything that people can press, send or write: by everybody, of an
escalation of their own and of somebody else's."""

from collections.abc import Callable

import pytest
from msgspec import Struct
from sqlmodel import col, select, update

from bot.domain.arrival import Written
from bot.domain.escalation.life import Move
from bot.domain.escalation.listing import Timeline
from bot.domain.escalation.work import WhyRefused, WorkPress, WorkRefused
from bot.domain.network import Role, SlackUser
from bot.domain.rights import Action, may
from bot.services.escalations import bridging, listing, working
from bot.storage.database import Database
from bot.storage.tables import EscalationRow, EscalationThreadRow, OutboxRow
from tests.escalations import ENOUGH, LEVEL_0, TEAM, World

ROLES = {
    "ada": Role.ADMIN,
    "karl": Role.MANUFACTURER,
    "tom": Role.DISTRIBUTOR,
    "lena": Role.DISTRIBUTOR,
    "tara": Role.PARTNER,
    "anna": Role.PRACTICE,
    "arzt": Role.PRACTICE,
    "tilo": Role.PRACTICE,
    "clara": Role.PRACTICE,
    "otto": Role.OUTSIDER,
    "olga": Role.OUTSIDER,
}
"""Clara only says that she belongs to Anna's practice: to everybody else's eyes she is a stranger."""


class Case(Struct, frozen=True):
    """An escalation: who asks, of whose it is to work on, and whose it is to judge."""

    by: str
    topic: str
    works: frozenset[str]
    asks: frozenset[str]

    def expects(self, who: str, action: Action) -> bool:
        own = {
            Action.WORK_ESCALATION: self.works,
            Action.JUDGE_RESOLUTION: self.asks,
            Action.TAKE_UP: self.asks,
        }
        return may(ROLES[who], action, is_own=who in own.get(action, self.works | self.asks))


PRACTICE = frozenset({"anna", "arzt"})
CASES = (
    Case("anna", LEVEL_0, frozenset({"tom"}), PRACTICE),
    Case("anna", "user-support", frozenset({"tara"}), PRACTICE),
    Case("otto", LEVEL_0, frozenset({"karl"}), frozenset({"otto"})),
)


def user(name: str) -> SlackUser:
    return SlackUser(TEAM, f"U{name.upper()}")


def press(key: int, name: str, move: Move) -> WorkPress:
    return WorkPress(key, move, TEAM, user(name), "CNORD", f"{key} {name} {move}")


def was_let(world: World, one: WorkPress) -> bool:
    """Say whether somebody was not told that this is for others."""
    with world.database.transaction() as session:
        query = select(OutboxRow).where(OutboxRow.key == f"escalation refused {one.key}")
        told = session.exec(query).first()
    return told is None or "for the people" not in told.content["text"]


def presses(move: Move) -> Callable[[World, int, str], bool]:
    def ask(world: World, key: int, name: str) -> bool:
        one = press(key, name, move)
        world.database.run(lambda session: working.do(session, world.bot, one))
        return was_let(world, one)

    return ask


def opens(move: Move) -> Callable[[World, int, str], bool]:
    def ask(world: World, key: int, name: str) -> bool:
        one = press(key, name, move)
        world.database.run(lambda session: working.open_form(session, world.bot, one))
        return was_let(world, one)

    return ask


def submits(move: Move) -> Callable[[World, int, str], bool]:
    def ask(world: World, key: int, name: str) -> bool:
        one, details = press(key, name, move), ENOUGH.get(move) or world.details(key, move)
        said = world.database.run(lambda session: working.submit(session, world.bot, one, details))
        refused = (WhyRefused.FORBIDDEN, WhyRefused.ELSEWHERE)
        return not (isinstance(said, WorkRefused) and said.why in refused)

    return ask


def looks(world: World, key: int, name: str) -> bool:
    shown = world.database.run(lambda session: listing.answer_button(session, world.bot, user(name), key))
    return isinstance(shown, Timeline)


def writes(world: World, key: int, name: str) -> bool:
    """Write in the company's thread; what counts is whether others read it."""
    with world.database.transaction() as session:
        query = select(EscalationThreadRow).where(
            EscalationThreadRow.escalation_id == key, col(EscalationThreadRow.side).startswith("company:")
        )
        thread = session.exec(query.order_by(col(EscalationThreadRow.id))).all()[0]
        session.execute(
            update(EscalationThreadRow)
            .where(col(EscalationThreadRow.id) == thread.id)
            .values(message_ts=f"17.{key}")
        )
        channel = thread.channel_id
    written = Written(TEAM, user(name), channel, f"17.{key}", f"18.{key}{name}", text="Hello")
    world.database.run(lambda session: bridging.settle(session, world.bot, written, None))
    return "message" in world.kinds(key)


DOORS = {
    "take": (presses(Move.TAKE), Action.WORK_ESCALATION),
    "confirm": (presses(Move.CONFIRM), Action.JUDGE_RESOLUTION),
    "reopen": (presses(Move.REOPEN), Action.JUDGE_RESOLUTION),
    "take-up": (presses(Move.TAKE_UP), Action.TAKE_UP),
    **{
        f"{door} {move}": (make(move), Action.WORK_ESCALATION)
        for move in (
            Move.ASK_BACK, Move.HAND_OVER, Move.SEND_BACK, Move.PASS_ON, Move.REASSIGN, Move.RESOLVE,
            Move.GIVE_UP,
        )
        for door, make in (("open", opens), ("submit", submits))
    },
    "look": (looks, Action.SEE_ESCALATION),
    "write": (writes, Action.WRITE_IN_ESCALATION),
}  # fmt: skip


def one_more(world: World, case: Case, key: int, *, has_threads: bool) -> int:
    """Return another escalation such as this one; without its threads that is quickly done."""
    if has_threads:
        return world.open(case.by, topic=case.topic)
    with world.database.transaction() as session:
        like = session.get_one(EscalationRow, key).model_dump(exclude={"id", "reference", "nonce"})
        count = len(session.exec(select(EscalationRow.id)).all())
        copy = EscalationRow(reference=f"ESC-2026-9{count:03d}", nonce=f"copy {count}", **like)
        session.add(copy)
        session.flush()
        return copy.id or 0


ALIKE = {f"open {move}" for move in ENOUGH} | {"reopen", "open pass-on"}
"""Doors that ask as others do: tried in the long run alone."""


@pytest.mark.parametrize(
    "door", [pytest.param(one, marks=[pytest.mark.exhaustive] if one in ALIKE else []) for one in DOORS]
)
def test_each_door_asks_the_table_whatever_the_button_carried(sqlite_database: Database, door: str) -> None:
    world = World(sqlite_database).found()
    world.person("clara", practice="Praxis Dr. Berg", is_confirmed=False)
    world.person("olga")
    ask, action = DOORS[door]
    found, expected = {}, {}
    for case in CASES:
        refusing = world.open(case.by, topic=case.topic)
        for name in ROLES:
            # Whoever is let in changes something, so that only those who are not may share one.
            is_let = case.expects(name, action)
            key = one_more(world, case, refusing, has_threads=ask is writes) if is_let else refusing
            cell = (case.by, case.topic, name)
            found[cell], expected[cell] = ask(world, key, name), is_let
    assert found == expected
