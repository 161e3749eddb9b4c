"""Hearing about what a distributor has not remitted: at its remittance date, and once again afterwards."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from msgspec import Struct
from sqlmodel import Session, select

from bot.domain.maintenance.billing_year import BillingYear
from bot.domain.maintenance.ladder import SENDING_TIME, Ladder, Workdays
from bot.domain.maintenance.remittance import STAGES
from bot.domain.maintenance.saying_statement import Reader, RemittanceNote
from bot.domain.opening import Closed
from bot.services.bot import Bot
from bot.services.renewals.announcing import queue_note
from bot.services.renewals.arming import company_days, company_recipient
from bot.services.renewals.recipients import company_party
from bot.services.renewals.statement_sums import distributor_year
from bot.services.renewals.statements import calendar_of, manufacturer_name
from bot.storage.insert import insert_once
from bot.storage.queries import maintenance
from bot.storage.queries import statements as stored
from bot.storage.queries.companies import closed_days
from bot.storage.tables import CompanyRow, RemittanceNoticeRow

log = structlog.get_logger()

CLOSING_TIME = time(18)
"""What is late (we were down at nine) is still said until then, else on the next working day."""
GIVEN_UP_AFTER = timedelta(days=90)
"""Older remittance dates are history: whoever imports it has remitted what the records do not show yet."""


class Hearing(Struct, frozen=True):
    """Who is to hear of whose billing year, at the last stage that has come; `passed` came before."""

    distributor: CompanyRow
    listener: CompanyRow
    year: BillingYear
    stage: int
    passed: tuple[int, ...]

    @property
    def reader(self) -> Reader:
        """As whom the listener hears it."""
        is_own = self.listener.id == self.distributor.id
        return Reader.DISTRIBUTOR if is_own else Reader.MANUFACTURER

    @property
    def recipient(self) -> str:
        """The listener as it is kept."""
        return company_recipient(self.listener.id or 0)


def tick_statements(session: Session, bot: Bot, now: datetime) -> int:
    """Queue what is to be heard about remittances at `now` (aware); return how many messages.

    Each distributor, year, stage and listener is dealt with once, whatever the clock does and however many
    replicas tick. After a downtime only the last stage is said. A distributor whose records cannot be added
    up is logged, and does not keep the others from being heard of.
    """
    said = 0
    for hearing in list(_hearings(session, now)):
        try:
            with session.begin_nested():
                said += _hear(session, bot, hearing, now)
        except Exception:
            log.exception("remittance_failed", company=hearing.distributor.id, year=hearing.year.number)
    return said


def _hearings(session: Session, now: datetime) -> Iterator[Hearing]:
    """Give what is to be heard now and was not dealt with."""
    maker = maintenance.manufacturer(session)
    listeners = [maker] if maker is not None else []
    closed = closed_days(session)
    for distributor in stored.distributors(session):
        due = [_due(distributor, listener, closed, now) for listener in (distributor, *listeners)]
        dealt = _dealt(session, distributor) if any(due) else set()
        for hearing in due:
            if hearing and (hearing.year.number, hearing.stage, hearing.recipient) not in dealt:
                yield hearing


def _due(
    distributor: CompanyRow, listener: CompanyRow, closed: Mapping[int, Closed], now: datetime
) -> Hearing | None:
    """Return the last stage that has come, of the latest billing year of which one has."""
    workdays = company_days(listener, closed.get(listener.id or 0, ()))
    if not _is_reading_time(workdays, now):
        return None
    calendar = calendar_of(distributor)
    latest = calendar.last_remittable(now.date()).number
    # The first stage of the year after may have moved to a working day before its date.
    for number in (latest + 1, latest):
        year = calendar.year(number)
        reached = Ladder(STAGES).reached(year.remit_by, workdays, now)
        if reached and now.date() - year.remit_by < GIVEN_UP_AFTER:
            return Hearing(distributor, listener, year, reached[-1], tuple(reached[:-1]))
    return None


def _is_reading_time(workdays: Workdays, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(workdays.time_zone))
    return workdays.is_working(local.date()) and SENDING_TIME <= local.time() < CLOSING_TIME


def _hear(session: Session, bot: Bot, hearing: Hearing, now: datetime) -> bool:
    """Deal with a hearing; return whether something was queued."""
    standing = distributor_year(session, bot, hearing.distributor, hearing.year.number)
    listener = company_party(session, hearing.listener.id or 0, now)
    outcome = (
        "nothing-missing" if not standing.missing_cents else "queued" if listener.slack else "unreachable"
    )
    if not _keep(session, hearing, hearing.stage, outcome, now):
        return False
    for stage in hearing.passed:
        _keep(session, hearing, stage, "superseded", now)
    if outcome != "queued" or listener.slack is None:
        return False
    note = RemittanceNote(
        language=listener.language,
        reader=hearing.reader,
        manufacturer=manufacturer_name(session, bot),
        standing=standing,
        is_repeated=hearing.stage != STAGES[0],
    )
    key = f"remittance {hearing.distributor.id} {hearing.year.number} {hearing.stage} {hearing.recipient}"
    return queue_note(session, bot, listener.slack, key, note)


def _keep(session: Session, hearing: Hearing, stage: int, outcome: str, now: datetime) -> bool:
    values = {
        "distributor_id": hearing.distributor.id,
        "year": hearing.year.number,
        "stage": stage,
        "recipient": hearing.recipient,
        "outcome": outcome,
        "dealt_at": now,
    }
    return insert_once(session, RemittanceNoticeRow, values)


def _dealt(session: Session, distributor: CompanyRow) -> set[tuple[int, int, str]]:
    query = select(RemittanceNoticeRow).where(RemittanceNoticeRow.distributor_id == distributor.id)
    return {(row.year, row.stage, row.recipient) for row in session.exec(query).all()}
