"""People who press what reminders offer: each press and submission is one transaction, as in Slack."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.domain.maintenance.answers import AnswerStep, Filled, Origin, PackageOption, RenewalForm
from bot.domain.maintenance.reminder import ReminderStep
from bot.domain.network import SlackUser
from bot.services.bot import Bot
from bot.services.renewals import answering, confirming, rerouting
from bot.storage.tables import (
    CompanyRow,
    MaintenanceEntryRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    PracticeRow,
    ReminderMessageRow,
)
from tests.renewals import DUE, TEAM, World

FIRST = DUE - timedelta(days=90)
"""The day of the first reminder."""
ENTERS: dict[str, Callable[[Session, Bot, Origin, Filled], None]] = {
    ReminderStep.RENEWED: answering.renewed,
    ReminderStep.REMIND_ON: answering.postpone,
    ReminderStep.NOT_RENEWING: answering.not_renewing,
    ReminderStep.WRONG_CONTACT: rerouting.wrong_contact,
    AnswerStep.CONFIRM: confirming.confirm,
    AnswerStep.NOT_RECEIVED: confirming.not_received,
}
_numbers = count(1)


class Opened(Struct, frozen=True):
    """A form that somebody has in front of them."""

    form: RenewalForm
    origin: Origin

    def filled(self, **values: Any) -> Filled:
        """Fill it in; the only package comes along, as in Slack."""
        packages: tuple[PackageOption, ...] = getattr(self.form, "packages", ())
        only = (packages[0].period_id,) if len(packages) == 1 else ()
        return Filled(**{"period_ids": only, **values})


class People(Struct):
    """The network's people, and what they do."""

    world: World

    def come(self) -> "People":
        """Let the staff be known, and a colleague of the practice."""
        with self.world.database.transaction() as session:
            for user, slug in (("UTOM", "nord"), ("UKARL", "image")):
                company = session.exec(select(CompanyRow).where(CompanyRow.slug == slug)).one()
                session.add(_person(user, company_id=company.id))
            session.add(_person("UEVE"))
        self.joins("UJONAS")
        return self

    def joins(self, user: str, practice_id: int = 1, *, confirmed: bool = True) -> None:
        """Let somebody be of a practice."""
        with self.world.database.transaction() as session:
            known = session.exec(select(PersonRow).where(PersonRow.user_id == user)).first()
            person = known or _person(user)
            session.add(person)
            session.flush()
            when = datetime(2026, 1, 1, tzinfo=UTC) if confirmed else None
            session.add(MembershipRow(person_id=person.id or 0, practice_id=practice_id, confirmed_at=when))

    def message(self, recipient: str = "practice:1") -> int:
        """Return the number of the last reminder to somebody."""
        with self.world.database.transaction() as session:
            query = select(ReminderMessageRow.id).where(ReminderMessageRow.recipient == recipient)
            return session.exec(query.order_by(col(ReminderMessageRow.id).desc())).first() or 0

    def presses(self, user: str, step: str, *ids: int, channel: str = "") -> Opened | None:
        """Press a button; `None` when no form opens."""
        number = next(_numbers)
        where = channel or f"D{user}"
        key = f"press:{number}"
        origin = Origin(step, ids, TEAM, SlackUser(TEAM, user), where, f"100.{ids[0]}", key)
        opening = answering.open_form if step in set(ReminderStep) else confirming.open_form
        with self.world.database.transaction() as session:
            opened = opening(session, self.world.bot, origin)
        if opened is None:
            return None
        form, origin = opened
        return Opened(form, replace(origin, key=f"form:{number}"))

    def submits(self, opened: Opened | None, by: str = "", **values: Any) -> None:
        """Submit a form, by somebody else than who opened it if `by` is given."""
        assert opened is not None
        origin = replace(opened.origin, user=SlackUser(TEAM, by)) if by else opened.origin
        enter, form = ENTERS[origin.step], opened.filled(**values)
        self.world.database.run(lambda session: enter(session, self.world.bot, origin, form))

    def does(self, user: str, step: AnswerStep, *ids: int) -> None:
        """Press a button that opens nothing."""
        key = f"press:{next(_numbers)}"
        origin = Origin(step, ids, TEAM, SlackUser(TEAM, user), f"D{user}", "200.1", key)
        doing = confirming.still_renewing if step is AnswerStep.STILL_RENEWING else rerouting.close_fix
        with self.world.database.transaction() as session:
            doing(session, self.world.bot, origin)

    def entries(self) -> list[tuple[str, int, str]]:
        """Return what was recorded beside announcements: kind, amount, reference or note."""
        return [
            (row.kind, row.amount_cents, row.reference or row.note)
            for row in self._rows()
            if row.kind != "announced"
        ]

    def entry_ids(self, kind: str) -> tuple[int, ...]:
        """Return the numbers of the entries of a kind."""
        return tuple(row.id or 0 for row in self._rows() if row.kind == kind)

    def said(self, method: str, channel: str) -> list[str]:
        """Return what was queued for a channel or person by a method, the oldest first."""
        with self.world.database.transaction() as session:
            rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
        return [
            row.content["text"]
            for row in rows
            if row.method == method and row.content.get("channel") == channel
        ]

    def contact(self) -> str:
        """Return the practice's contact for renewals."""
        with self.world.database.transaction() as session:
            return session.get_one(PracticeRow, 1).renewal_contact

    def _rows(self) -> Iterator[MaintenanceEntryRow]:
        with self.world.database.transaction() as session:
            yield from session.exec(select(MaintenanceEntryRow).order_by(col(MaintenanceEntryRow.id))).all()


def _person(user: str, **values: Any) -> PersonRow:
    name = user.removeprefix("U").title()
    return PersonRow(
        workspace_id=TEAM, user_id=user, name=name, email=f"{name.lower()}@there.example", **values
    )
