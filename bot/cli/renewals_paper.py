"""Reminders to come, as text for a terminal and as rows of a file."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import Charge
from bot.domain.network import SlackChannel
from bot.domain.scheme import Language
from bot.services.renewals.forecast import Expected, Forecast
from bot.services.renewals.recipients import Party
from bot.services.renewals.records import Record
from bot.wording.formats import day
from bot.wording.prices import price

T = TypeVar("T")
SHOWN = 100
"""How many lines of a kind a terminal is given; a file gets all."""


def forecast_on_paper(ahead: Forecast, days: int, *, is_short: bool) -> str:
    """Lay out what is to come, and below it what is wrong; without the list itself when `is_short`."""
    count = len(ahead.expected)
    lines = [f"{count} reminder{'' if count == 1 else 's'} in the next {days} days. Nothing was sent."]
    if not is_short:
        lines += _listed(ahead.expected, _expected)
    lines += _section("Not reachable in Slack; whoever bills is told", ahead.unreachable, _party)
    lines += _section("Without a VAT rate, so that only the net amount is named", ahead.without_vat, _record)
    lines += _section("Past due and not settled", ahead.overdue, _record)
    return "\n".join(lines)


def forecast_rows(ahead: Forecast) -> Iterator[dict[str, str]]:
    """Give the reminders as rows for a CSV file."""
    for one in ahead.expected:
        charge, currency = _charge(one.record)
        yield {
            "when": one.at.astimezone(ZoneInfo(one.time_zone)).strftime("%Y-%m-%d %H:%M"),
            "time_zone": one.time_zone,
            "stage": one.stage,
            "to": one.to.name,
            "where": _where(one),
            "package": one.record.package,
            "practice": one.record.practice,
            "biller": one.record.biller,
            "due_on": one.record.due_on.isoformat(),
            "net": f"{charge.net_cents / 100:.2f}",
            "vat": f"{charge.vat_cents / 100:.2f}",
            "vat_reason": charge.vat.reason,
            "gross": f"{charge.gross_cents / 100:.2f}",
            "currency": currency,
        }


def _expected(one: Expected) -> str:
    when = one.at.astimezone(ZoneInfo(one.time_zone)).strftime("%a %Y-%m-%d %H:%M")
    due = f"{one.record.package}, {one.record.practice}, due {day(Language.EN, one.record.due_on)}"
    return f"{when}  stage {one.stage}  to {one.to.name} ({_where(one)}): {due}, {_price(one.record)}"


def _where(one: Expected) -> str:
    if one.is_held:
        return "waits for whoever bills to answer what the practice said"
    if one.to.slack is None:
        return "not reachable in Slack"
    if isinstance(one.to.slack, SlackChannel):
        return f"channel {one.to.person.removeprefix('#') or one.to.channel}"
    return f"direct message to {one.to.person or one.to.channel}"


def _party(party: Party) -> str:
    ways = "; ".join(
        ", ".join(part for part in (one.name, one.email, one.phone) if part) for one in party.reach_by
    )
    return f"{party.name}: {ways or 'no e-mail address and no phone number either'}"


def _record(record: Record) -> str:
    due = day(Language.EN, record.due_on)
    return f"{record.package}, {record.practice}, due {due}, billed by {record.biller}: {_price(record)}"


def _price(record: Record) -> str:
    charge, currency = _charge(record)
    return price(Language.EN, charge, currency)


def _charge(record: Record) -> tuple[Charge, str]:
    return record.account.charge(Leg.PRACTICE), record.account.period.currency


def _section(title: str, items: Sequence[T], write: Callable[[T], str]) -> list[str]:
    return ["", f"{title} ({len(items)}):", *_listed(items, write)] if items else []


def _listed(items: Sequence[T], write: Callable[[T], str]) -> list[str]:
    lines = [f"  {write(item)}" for item in items[:SHOWN]]
    more = len(items) - len(lines)
    return [*lines, f"  … and {more} more: --csv FILE writes all."] if more else lines
