"""Maintenance in sentences: amounts, lines, steps. Nothing here is escaped or marked up."""

from collections.abc import Iterator, Sequence

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.overview import (
    Happening,
    Heading,
    Line,
    LineList,
    Month,
    OwnPackage,
    Remittances,
    Sum,
)
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.saying_overview import NetworkPart
from bot.domain.maintenance.state import State
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.wording import say
from bot.wording.formats import amount, day, every, month, span
from bot.wording.prices import price, price_of_several

BAR = 12
"""How many signs the longest bar of the chart in text has."""


def state(language: Language, line: Line) -> str:
    """Write in which state a period is, with its due date, and what the practice said."""
    words = say(language, f"renewals.state.{line.state}", date=day(language, line.due_on))
    if line.is_claimed:
        return say(language, "renewals.claimed", state=words)
    return say(language, "renewals.refused", state=words) if line.is_refused else words


def list_line(language: Language, line: Line, heading: Heading) -> str:
    """Write a period in one line of a list, whose heading says in which state it is."""
    names = line.names
    parts = [
        day(language, line.due_on),
        names.practice,
        names.package,
        price(language, line.charge, line.currency),
    ]
    if line.paid_cents > 0 and line.open_cents:
        parts.append(_still_open(language, line))
    if line.is_claimed and heading is not Heading.CLAIMED:
        parts.append(say(language, "renewals.is_claimed"))
    if line.is_refused:
        parts.append(say(language, "renewals.is_refused"))
    return " · ".join(parts)


def sums(language: Language, found: Sequence[Sum]) -> str:
    """Write net sums, such as EUR 198 plus VAT."""
    nets = [
        price_of_several(language, VatReason.UNKNOWN, s.net_cents, s.net_cents, s.currency) for s in found
    ]
    return every(language, nets)


def list_title(language: Language, found: LineList) -> str:
    """Write what a list is, how many belong to it, and their sum."""
    title = say(language, f"renewals.list.{found.heading}")
    if not found.count:
        return say(language, "renewals.none", title=title)
    return say(language, "renewals.counted", title=title, count=found.count, sum=sums(language, found.sums))


def not_shown(language: Language, found: LineList) -> str:
    """Write how many lines of a list are not shown, if any."""
    more = found.count - len(found.lines)
    return say(language, "renewals.more", count=more) if more > 0 else ""


def package_title(language: Language, own: OwnPackage) -> str:
    """Write the number of a package and the state that matters."""
    return say(language, "renewals.package", package=own.line.names.package, state=state(language, own.line))


def package_lines(language: Language, own: OwnPackage) -> Iterator[str]:
    """Write what a practice wants to know of a package, and what it does next."""
    line = own.line
    charged = price(language, line.charge, line.currency)
    yield say(language, "renewals.price", amount=charged, company=line.names.biller)
    if line.paid_cents > 0 and line.open_cents:
        yield _still_open(language, line)
    yield " · ".join((_maintained(language, own), _last_payment(language, own)))
    if own.also_open:
        yield say(language, "renewals.also_open", count=own.also_open)
    yield say(language, f"renewals.next.{own.next_step}", company=line.names.biller)


def _maintained(language: Language, own: OwnPackage) -> str:
    until = day(language, own.maintained_until)
    is_over = own.line.state in (State.DUE, State.OVERDUE, State.LAPSED, State.CANCELLED)
    return say(language, "renewals.paid_until" if is_over else "renewals.valid_until", date=until)


def _last_payment(language: Language, own: OwnPackage) -> str:
    payment = own.last_payment
    if payment is None:
        return say(language, "renewals.no_payment")
    paid = amount(language, payment.amount_cents, own.line.currency)
    on = day(language, payment.on)
    if not payment.reference:
        return say(language, "renewals.last_payment", amount=paid, date=on)
    return say(language, "renewals.last_payment_reference", amount=paid, date=on, reference=payment.reference)


def _still_open(language: Language, line: Line) -> str:
    return say(
        language,
        "renewals.part_paid",
        paid=amount(language, line.paid_cents, line.currency),
        open=amount(language, line.open_cents, line.currency),
    )


def distributor_title(language: Language, one: Remittances) -> str:
    """Write whose figures these are, and of which billing year."""
    year = span(language, one.year.begins_on, one.year.ends_on)
    return say(language, "renewals.distributor", company=one.distributor, year=year)


def distributor_lines(language: Language, one: Remittances, part: NetworkPart) -> Iterator[str]:
    """Write what a distributor owes, reported and remitted, and what is missing."""
    yield say(language, "renewals.expected", count=one.count, sum=_expected(language, one))
    yield say(
        language,
        "renewals.remitted",
        reported=one.reported,
        remitted=amount(language, one.remitted_cents, one.currency),
        missing=amount(language, one.missing_cents, one.currency),
    )
    if one.is_silent(part.today):
        yield say(language, "renewals.silent")
    if one.missing_before_cents:
        amount_before = amount(language, one.missing_before_cents, one.currency)
        yield say(language, "renewals.missing_before", amount=amount_before)


def _expected(language: Language, one: Remittances) -> str:
    return price_of_several(language, one.reason, one.net_cents, one.gross_cents, one.currency)


def chart(language: Language, months: Sequence[Month], currency: str) -> list[str]:
    """Draw remitted against expected, a line a month, with the same numbers in words beside the bars."""
    most = max((max(one.expected_cents, one.remitted_cents) for one in months), default=0)
    labels = [month(language, one.first) for one in months]
    width = max((len(label) for label in labels), default=0)
    return [
        say(
            language,
            "renewals.chart_line",
            month=f"{label:<{width}}",
            bar=_bar(one, most),
            remitted=amount(language, one.remitted_cents, currency),
            expected=amount(language, one.expected_cents, currency),
        )
        for label, one in zip(labels, months, strict=True)
    ]


def _bar(one: Month, most: int) -> str:
    """Fill what was remitted, shade what is expected beyond."""
    if not most:
        return "·" * BAR
    full = round(BAR * one.remitted_cents / most)
    whole = max(full, round(BAR * one.expected_cents / most))
    return "█" * full + "░" * (whole - full) + "·" * (BAR - whole)


def happening(language: Language, found: Happening, currency: str) -> str:
    """Write an entry of a package's history in one line."""
    entry = found.entry
    words = say(language, f"renewals.entry.{entry.kind}")
    parts = [day(language, entry.on), words]
    if entry.amount_cents:
        parts.append(amount(language, entry.amount_cents, currency))
    if entry.leg is Leg.REMITTANCE and entry.kind is not EntryKind.REMITTED:
        parts.append(say(language, "renewals.remittance"))
    if entry.moved_to is not None:
        parts.append(say(language, "renewals.moved_to", date=day(language, entry.moved_to)))
    if entry.reference:
        parts.append(entry.reference)
    line = " · ".join(parts)
    return say(language, "renewals.taken_back", entry=line) if found.is_taken_back else line
