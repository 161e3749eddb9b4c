"""Every story that could happen, against a model of it: whoever does what, whenever, nothing gets lost."""

from contextlib import ExitStack
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec import Struct, field
from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.escalation.life import Move, State
from bot.services.escalations.moving import Forbidden, Moved, NotNow, Taken
from bot.services.escalations.opening import Opened, Request
from bot.storage.tables import AbsenceRow, EscalationEventRow, EscalationRow
from tests.engines import SqliteFiles
from tests.escalations import LEVEL_0, LEVEL_1, NETWORK, World

PEOPLE = ("anna", "arzt", "tom", "tina", "karl", "kim", "lena", "tilo", "otto", "ada")
STAFF = {"tom": "nord", "tina": "nord", "karl": "image", "kim": "image", "lena": "alpine"}
LEADS = {"nord": "tom", "image": "karl", "alpine": "lena"}
PRACTICE = ("anna", "arzt")
STRANGER = "otto"
"""Nobody knows which company is responsible for what this one asks."""
OURS = {
    Move.TAKE, Move.ASK_BACK, Move.HAND_OVER, Move.SEND_BACK, Move.PASS_ON, Move.REASSIGN, Move.RESOLVE,
    Move.GIVE_UP,
}  # fmt: skip


class Model(Struct):
    """What should be so, told in the plainest way."""

    request: Request
    state: str
    company: str
    requesters: tuple[str, ...] = PRACTICE
    owner: str = ""
    is_level_0: bool = False
    is_unrouted: bool = False
    handed_over_by: str = ""
    level_0_failed: bool = False
    returns: int = 0
    events: list[str] = field(default_factory=list)

    def lets(self, who: str, move: Move) -> bool:
        """Say whether somebody may do this at all."""
        if move is Move.CLOSE:
            return False
        if who == "ada":
            return True
        return STAFF.get(who) == self.company if move in OURS else who in self.requesters

    def has_way(self, move: Move) -> bool:
        """Say whether it leads anywhere now."""
        is_open = self.state in ("new", "taken", "waiting")
        return {
            Move.TAKE: self.state == "new",
            Move.ASK_BACK: self.state == "taken",
            Move.REPLY: self.state == "waiting",
            Move.HAND_OVER: is_open and self.is_level_0,
            Move.SEND_BACK: self.state in ("new", "taken") and bool(self.handed_over_by),
            Move.PASS_ON: is_open and self.is_unrouted,
            Move.REASSIGN: is_open,
            Move.RESOLVE: is_open,
            Move.GIVE_UP: is_open and self.is_level_0,
            Move.CONFIRM: self.state == "resolved",
            Move.REOPEN: self.state in ("resolved", "closed"),
            Move.TAKE_UP: self.is_level_0 and (self.state == "resolved" or (is_open and self.level_0_failed)),
        }[move]

    def go(self, move: Move, who: str, away: set[str]) -> None:
        """Do it, while these people are away."""
        if move in (Move.TAKE, Move.REASSIGN):
            self.owner = who if move is Move.TAKE else LEADS[self.company]
            self.state = "taken" if self.state == "new" else self.state
        elif move in (Move.HAND_OVER, Move.TAKE_UP):
            self._go_to("image", away, handed_over_by=self.company)
        elif move is Move.SEND_BACK:
            self.returns += 1
            self._go_to(self.handed_over_by, away)
        elif move is Move.PASS_ON:
            self._go_to("alpine", away)
        elif move is Move.ASK_BACK:
            self.state = "waiting"
        elif move is Move.REPLY:
            self.state = "taken" if self.owner else "new"
        elif move in (Move.RESOLVE, Move.GIVE_UP):
            self.state, self.owner = "resolved", self.owner or who
            self.level_0_failed = self.level_0_failed or move is Move.GIVE_UP
        elif move is Move.REOPEN:
            self.state, self.level_0_failed = "taken", True
        else:
            self.state = "closed"

    def _go_to(self, company: str, away: set[str], handed_over_by: str = "") -> None:
        # After two returns its lead has it, or the first colleague by name while that one is away.
        staff = [LEADS[company], *sorted(name for name, where in STAFF.items() if where == company)]
        named = next((name for name in staff if name not in away), staff[0]) if self.returns >= 2 else ""
        self.company, self.owner, self.state = company, named, "taken" if named else "new"
        self.is_level_0, self.handed_over_by = not handed_over_by, handed_over_by
        self.is_unrouted = self.level_0_failed = False


class WholeLife(RuleBasedStateMachine):
    """People and time do what they like; a model says what should come of it."""

    keys = Bundle("keys")

    def __init__(self, files: SqliteFiles) -> None:
        super().__init__()
        self.lending = ExitStack()
        self.database = self.lending.enter_context(files.lent())
        self.world = World(self.database)
        files.fill(self.database, NETWORK, self.world.found)
        self.world.acquainted()
        self.models: dict[int, Model] = {}
        self.away: dict[str, date] = {}

    def teardown(self) -> None:
        self.lending.close()

    @rule(target=keys, by=st.sampled_from(PRACTICE), topic=st.sampled_from([LEVEL_0, LEVEL_1]))
    def somebody_escalates(self, by: str, topic: str) -> int:
        request = self.world.request(by, topic=topic)
        opened = self.world.ask(request)
        assert isinstance(opened, Opened)
        assert opened.is_new
        is_level_0 = topic == LEVEL_0
        model = Model(request, "new", "nord" if is_level_0 else "image", is_level_0=is_level_0)
        self.models[opened.escalation_id] = model
        return opened.escalation_id

    @initialize(target=keys)
    def one_was_passed_on_before(self) -> int:
        key = self._stranger()
        self._do(key, "karl", Move.PASS_ON)
        return key

    @rule(target=keys)
    def a_stranger_escalates(self) -> int:
        return self._stranger()

    def _stranger(self) -> int:
        request = self.world.request(STRANGER)
        opened = self.world.ask(request)
        assert isinstance(opened, Opened)
        model = Model(request, "new", "image", requesters=(STRANGER,), is_unrouted=True)
        self.models[opened.escalation_id] = model
        return opened.escalation_id

    @rule(key=keys)
    def the_form_is_sent_again(self, key: int) -> None:
        again = self.world.ask(self.models[key].request)
        assert isinstance(again, Opened)
        assert (again.escalation_id, again.is_new) == (key, False)

    @rule(key=keys, who=st.sampled_from(PEOPLE), move=st.sampled_from(Move))
    def somebody_does_something(self, key: int, who: str, move: Move) -> None:
        self._do(key, who, move)

    @rule(key=keys, place=st.integers(0, 99))
    def somebody_does_something_sensible(self, key: int, place: int) -> None:
        model = self.models[key]
        ways = [
            (who, move) for move in Move for who in PEOPLE if model.lets(who, move) and model.has_way(move)
        ]
        self._do(key, *ways[place % len(ways)])

    @rule(who=st.sampled_from(tuple(STAFF)), days=st.integers(0, 9))
    def somebody_goes_away(self, who: str, days: int) -> None:
        first = self._today()
        self.away[who] = max(first + timedelta(days=days), self.away.get(who, first))
        with self.database.transaction() as session:
            row = AbsenceRow(
                company_id=self.world.companies[STAFF[who]], first_on=first, last_on=self.away[who]
            )
            row.person_id = self.world.people[who]
            session.add(row)

    @rule(hours=st.integers(1, 24 * 9))
    def time_passes(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)

    @rule()
    def the_sweep_comes_by(self) -> None:
        before = {key: self._alarms(key) for key in self.models}
        swept = self.world.sweep()
        assert swept.is_clean
        for key, model in self.models.items():
            row = self.world.row(key)
            if model.state == "resolved" and row.state == State.CLOSED:
                assert self.world.clock.now() - row.touched_at >= timedelta(0)
                model.state = "closed"
            # Only a model with a calendar of its own could tell when: that is proved beside the clocks.
            model.level_0_failed = model.level_0_failed or row.can_go_up
            assert len(set(self._alarms(key))) == len(self._alarms(key))
            assert set(before[key]) <= set(self._alarms(key))
        assert self.world.sweep().due == 0

    @rule(key=keys, broken=st.sampled_from([{"keeper": ""}, {"next_action_at": None}]))
    def something_breaks_and_is_mended(self, key: int, broken: dict[str, object]) -> None:
        model = self.models[key]
        if model.state == "closed":
            return
        self.the_sweep_comes_by()
        with self.database.transaction() as session:
            session.execute(update(EscalationRow).where(col(EscalationRow.id) == key).values(**broken))
        swept = self.world.sweep()
        is_astray = model.state != "closed" and ("next_action_at" in broken or not model.owner)
        assert swept.repaired == ((self.world.row(key).reference,) if is_astray else ())

    @rule(who=st.sampled_from(["promise", "nothing"]), minutes=st.integers(10, 900))
    def a_company_changes_what_it_promises(self, who: str, minutes: int) -> None:
        for slug in ("nord", "image"):
            self.world.promise(slug, *((minutes, minutes * 2) if who == "promise" else (None, None)))

    @invariant()
    def whatever_is_not_closed_has_somebody_and_something_next(self) -> None:
        with self.database.transaction() as session:
            for row in session.exec(select(EscalationRow)).all():
                is_closed = row.state == State.CLOSED
                assert (row.next_action_at is None) == is_closed
                assert is_closed or row.owner_id is not None or row.keeper

    @invariant()
    def all_stands_where_the_model_says(self) -> None:
        with self.database.transaction() as session:
            rows = {row.id: row for row in session.exec(select(EscalationRow)).all()}
        assert set(rows) == set(self.models)
        for key, model in self.models.items():
            row = rows[key]
            found = (row.state, row.company_id, row.owner_id, row.bounces)
            owner = self.world.people.get(model.owner)
            assert found == (model.state, self.world.companies[model.company], owner, model.returns)

    @invariant()
    def references_are_never_given_twice(self) -> None:
        with self.database.transaction() as session:
            references = session.exec(select(EscalationRow.reference)).all()
        assert len(set(references)) == len(references)

    @invariant()
    def the_timeline_only_grows(self) -> None:
        for key, model in self.models.items():
            events = [event.key for event in self.world.events(key)]
            assert events[: len(model.events)] == model.events
            model.events = events

    def _do(self, key: int, who: str, move: Move) -> None:
        model = self.models[key]
        outcome = self.world.move(key, move, who)
        if not model.lets(who, move):
            assert outcome == Forbidden()
        elif model.has_way(move):
            assert isinstance(outcome, Moved)
            assert outcome.is_new
            model.go(move, who, {name for name, last in self.away.items() if self._today() <= last})
        elif move is Move.TAKE and model.owner and model.state != "closed":
            if model.owner == who:
                assert isinstance(outcome, Moved)
                assert not outcome.is_new
            else:
                assert outcome == Taken(self.world.row(key).reference, model.owner.title())
        else:
            assert isinstance(outcome, NotNow)

    def _today(self) -> date:
        return self.world.clock.now().astimezone(ZoneInfo("Europe/Berlin")).date()

    def _alarms(self, key: int) -> list[str]:
        query = select(EscalationEventRow.key).where(
            EscalationEventRow.escalation_id == key,
            col(EscalationEventRow.kind).in_(["warn-owner", "tell-channel", "tell-lead"]),
        )
        with self.database.transaction() as session:
            return list(session.exec(query).all())


@pytest.mark.parametrize(("lives", "steps"), [(5, 25), pytest.param(150, 40, marks=pytest.mark.exhaustive)])
def test_whatever_people_and_time_do_nothing_gets_lost(
    sqlite_files: SqliteFiles, lives: int, steps: int
) -> None:
    run_state_machine_as_test(
        lambda: WholeLife(sqlite_files),  # type: ignore[arg-type] # it takes any maker
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
        ),
    )
