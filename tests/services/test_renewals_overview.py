"""Who sees what of renewals, on both engines."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.domain.arrival import HomeOpened, RenewalsAsked
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.overview import Heading, LineList, Remittances
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.saying_overview import (
    BillerPart,
    Hint,
    Lack,
    NetworkPart,
    NoPart,
    OverdueLines,
    PackageHistory,
    PracticePart,
    RenewalsHint,
)
from bot.domain.maintenance.vat import Vat, VatReason
from bot.domain.network import Role, SlackUser
from bot.domain.scheme import Language
from bot.services import home
from bot.services.bot import Bot
from bot.services.renewals import command, overview
from bot.services.renewals.command import Wish, Word, parse
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.viewing import Viewer, viewer_of
from bot.services.sample import ADMIN, load_sample
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import MembershipRow, OutboxRow, PersonRow
from tests.builders import MORNING, TEAM, ScriptedMatcher, licence_package, scheme
from tests.engines import Engine
from tests.fakes import HandClock
from tests.scenarios.packages import LUEBECK, MARKT, NORTHGATE, SMILE, SOMMER, fill

TODAY = MORNING.date()
PNG = b"\x89PNG"


@pytest.fixture
def bot() -> Bot:
    clock = HandClock()
    return Bot(
        scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock, admins=frozenset({ADMIN})
    )


@pytest.fixture
def stored(engine: Engine, database: Database) -> Database:
    def load() -> None:
        with database.transaction() as session:
            load_sample(session)
            fill(session, MORNING)

    engine.fill(database, "sample with packages", load)
    return database


def person(session: Session, first_name: str) -> PersonRow:
    """Return somebody of the sample, with a Slack id."""
    rows = session.exec(select(PersonRow)).all()
    found = next(row for row in rows if row.email.startswith(first_name))
    found.workspace_id, found.user_id = TEAM, f"U0{first_name.upper()}"
    session.flush()
    return found


def viewer(session: Session, bot: Bot, first_name: str) -> Viewer:
    return viewer_of(session, bot, person(session, first_name))


def lists(part: object) -> dict[Heading, LineList]:
    assert isinstance(part, BillerPart)
    return {one.heading: one for one in part.lists}


def numbers(found: LineList) -> list[str]:
    return [line.names.package for line in found.lines]


def test_a_practice_sees_its_own_packages_the_most_urgent_first_and_whom_to_ask(
    stored: Database, bot: Bot
) -> None:
    with stored.transaction() as session:
        (part,) = overview.parts(session, bot, viewer(session, bot, "anna"))
    assert isinstance(part, PracticePart)
    assert [own.line.names.package for own in part.packages] == ["SEEN-102", "SEEN-101", "SEEN-103"]
    assert {own.line.names.practice for own in part.packages} == {MARKT}
    assert [(one.company, one.contact and one.contact.name) for one in part.helpers] == [
        ("Nord Dental Systeme", "Tom Petersen")
    ]
    paid = part.packages[2]
    assert paid.last_payment is not None
    assert paid.last_payment.amount_cents == 11781


def test_somebody_of_two_practices_sees_both_and_of_more_packages_only_so_many(
    stored: Database, bot: Bot
) -> None:
    with stored.transaction() as session:
        for number in range(overview.PACKAGES_SHOWN):
            licence_package(session, f"MORE-{number}", MARKT, TODAY + timedelta(days=300))
        parts = overview.parts(session, bot, viewer(session, bot, "jonas"))
    assert [part.practice for part in parts if isinstance(part, PracticePart)] == [MARKT, LUEBECK]
    first = parts[0]
    assert isinstance(first, PracticePart)
    assert (len(first.packages), first.more) == (overview.PACKAGES_SHOWN, 3)


@pytest.mark.parametrize("text", ["", "overdue", "package SEEN-105", "package SEEN-107"])
def test_a_practice_sees_nothing_of_another(stored: Database, bot: Bot, text: str) -> None:
    with stored.transaction() as session:
        command.settle(session, bot, asked("anna", text), None, None)
        said = str([row.content for row in session.exec(select(OutboxRow)).all()])
    for other in (LUEBECK, SOMMER, SMILE, NORTHGATE):
        assert other not in said


def asked(first_name: str, text: str = "") -> RenewalsAsked:
    user = SlackUser(TEAM, f"U0{first_name.upper()}")
    return RenewalsAsked(TEAM, user, "C0HELP", f"{first_name} {text}", text, "https://slack.example/answer")


def test_a_distributor_sees_its_lists_with_counts_and_sums(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        (part,) = overview.parts(session, bot, viewer(session, bot, "tom"))
    found = lists(part)
    assert numbers(found[Heading.TO_BILL]) == ["SEEN-104"]
    assert numbers(found[Heading.OVERDUE]) == ["SEEN-102"]
    assert numbers(found[Heading.LAPSED]) == ["SEEN-105"]
    assert numbers(found[Heading.CLAIMED]) == ["SEEN-106"]
    assert [(one.currency, one.count, one.net_cents) for one in found[Heading.OVERDUE].sums] == [
        ("EUR", 1, 9900)
    ]


def test_a_list_shows_its_first_lines_and_counts_the_rest(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        for number in range(overview.LINES_SHOWN + 3):
            licence_package(session, f"MORE-{number}", LUEBECK, TODAY - timedelta(days=2))
        (part,) = overview.parts(session, bot, viewer(session, bot, "tom"))
    late = lists(part)[Heading.OVERDUE]
    assert (late.count, len(late.lines)) == (overview.LINES_SHOWN + 4, overview.LINES_SHOWN)
    assert late.lines[0].names.package == "SEEN-102"
    assert late.sums[0].net_cents == 9900 * late.count


def test_a_practice_without_anybody_confirmed_in_slack_is_listed_until_somebody_is(
    stored: Database, bot: Bot
) -> None:
    with stored.transaction() as session:
        tom = viewer(session, bot, "tom")
        before = lists(overview.parts(session, bot, tom)[0])[Heading.UNREACHABLE]
        person(session, "anna")
        after_anna = lists(overview.parts(session, bot, tom)[0])[Heading.UNREACHABLE]
        claims = session.exec(select(MembershipRow)).all()
        jonas = person(session, "jonas")
        for membership in claims:
            if membership.person_id == jonas.id:
                membership.confirmed_at = None
        session.flush()
        unconfirmed = lists(overview.parts(session, bot, tom)[0])[Heading.UNREACHABLE]
    assert {line.names.practice for line in before.lines} == {MARKT, LUEBECK}
    assert {line.names.practice for line in after_anna.lines} == {LUEBECK}
    assert {line.names.practice for line in unconfirmed.lines} == {LUEBECK}


def test_what_is_billed_or_paid_in_part_is_not_to_bill_any_more(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        (key,) = licence_package(session, "BILL-1", LUEBECK, TODAY + timedelta(days=1))
        tom = viewer(session, bot, "tom")
        before = lists(overview.parts(session, bot, tom)[0])[Heading.TO_BILL]
        billed = NewEntry(key, EntryKind.BILLED, Leg.PRACTICE, TODAY, 11781, "INV-1")
        record_all(session, bot, [billed], by="tom")
        after = lists(overview.parts(session, bot, tom)[0])[Heading.TO_BILL]
    assert numbers(before) == ["SEEN-104", "BILL-1"]
    assert numbers(after) == ["SEEN-104"]


def network(session: Session, bot: Bot) -> dict[str, Remittances]:
    part = overview.parts(session, bot, viewer(session, bot, "karl"))[0]
    assert isinstance(part, NetworkPart)
    return {one.distributor: one for one in part.distributors}


def test_the_manufacturer_sees_expected_reported_and_remitted_by_distributor(
    stored: Database, bot: Bot
) -> None:
    with stored.transaction() as session:
        found = network(session, bot)
    nord = found["Nord Dental Systeme"]
    assert (nord.count, nord.net_cents, nord.gross_cents) == (5, 5 * 9900, 5 * 11781)
    assert (nord.reported, nord.remitted_cents, nord.missing_cents) == (2, 11781, 4 * 11781)
    assert nord.reason is VatReason.DOMESTIC
    assert found["Alpine Ortho"].reason is VatReason.EXPORT
    assert found["Alpine Ortho"].missing_cents == 0


def test_what_was_waived_cancelled_or_taxed_by_hand_is_expected_as_it_is(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        keys = [licence_package(session, f"HAND-{n}", MARKT, date(2026, 11, 20))[0] for n in range(3)]
        free = Vat(0, VatReason.REVERSE_CHARGE)
        entries = [
            NewEntry(keys[0], EntryKind.CANCELLED, Leg.PRACTICE, TODAY),
            NewEntry(keys[1], EntryKind.WAIVED, Leg.REMITTANCE, TODAY),
            NewEntry(keys[2], EntryKind.VAT, Leg.REMITTANCE, TODAY, vat=free),
        ]
        record_all(session, bot, entries, by="karl")
        nord = network(session, bot)["Nord Dental Systeme"]
    assert (nord.count, nord.net_cents, nord.gross_cents) == (6, 6 * 9900, 5 * 11781 + 9900)


def test_what_is_missing_from_the_billing_year_before_is_a_gap(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        licence_package(session, "OLD-1", MARKT, date(2025, 12, 31), now=datetime(2025, 6, 1, tzinfo=UTC))
        found = network(session, bot)
    assert found["Nord Dental Systeme"].missing_before_cents == 11781
    assert found["Alpine Ortho"].missing_before_cents == 0


def test_an_admin_sees_what_the_manufacturer_sees(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        admin, karl = viewer(session, bot, "ines"), viewer(session, bot, "karl")
        assert (admin.role, karl.role) == (Role.ADMIN, Role.MANUFACTURER)
        assert overview.parts(session, bot, admin) == overview.parts(session, bot, karl)
        direct = lists(overview.parts(session, bot, karl)[1])
        assert numbers(direct[Heading.OVERDUE]) == ["SEEN-107"]


def test_partners_strangers_and_the_unconfirmed_get_one_sentence(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        anna, nora = person(session, "anna"), person(session, "nora")
        for membership in session.exec(select(MembershipRow)).all():
            membership.confirmed_at = None if membership.person_id == anna.id else membership.confirmed_at
        stranger = PersonRow(workspace_id=TEAM, user_id="U0STRANGER")
        session.add(stranger)
        session.flush()
        shown = [overview.parts(session, bot, viewer_of(session, bot, who)) for who in (anna, nora, stranger)]
        hidden = overview.history(session, bot, viewer_of(session, bot, anna), "SEEN-101")
        late = overview.overdue(session, bot, viewer_of(session, bot, nora))
    assert shown == [
        (NoPart(Lack.UNCONFIRMED, MARKT, "Nord Dental Systeme"),),
        (NoPart(Lack.PARTNER),),
        (NoPart(Lack.UNKNOWN),),
    ]
    assert isinstance(hidden, RenewalsHint)
    assert not isinstance(late, OverdueLines)


def test_what_is_overdue_is_each_ones_own_and_all_of_it_for_the_manufacturer(
    stored: Database, bot: Bot
) -> None:
    found = {}
    with stored.transaction() as session:
        for name in ("anna", "tom", "oliver", "karl"):
            late = overview.overdue(session, bot, viewer(session, bot, name))
            assert isinstance(late, OverdueLines)
            found[name] = {number for one in late.lists for number in numbers(one)}
    assert found == {
        "anna": {"SEEN-102"},
        "tom": {"SEEN-102", "SEEN-105"},
        "oliver": {"SEEN-110"},
        "karl": {"SEEN-102", "SEEN-105", "SEEN-107", "SEEN-110"},
    }


def test_a_package_s_history_is_the_newest_year_first_and_only_for_those_it_concerns(
    stored: Database, bot: Bot
) -> None:
    with stored.transaction() as session:
        shown = {
            name: overview.history(session, bot, viewer(session, bot, name), "SEEN-103")
            for name in ("anna", "tom", "karl", "oliver", "heike")
        }
    anna, tom = shown["anna"], shown["tom"]
    assert isinstance(anna, PackageHistory)
    assert isinstance(tom, PackageHistory)
    assert [chapter.line.due_on.year for chapter in anna.chapters] == [2027, 2026]
    assert [one.entry.kind for one in anna.chapters[1].happenings] == [EntryKind.BILLED, EntryKind.PAID]
    assert EntryKind.REMITTED in [one.entry.kind for one in tom.chapters[1].happenings]
    assert isinstance(shown["karl"], PackageHistory)
    assert shown["oliver"] == RenewalsHint(Language.EN, Hint.NO_PACKAGE, "/renewals", "SEEN-103")
    assert isinstance(shown["heike"], RenewalsHint)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", Wish(Word.ALL)),
        ("  Overdue ", Wish(Word.OVERDUE)),
        ("überfällig", Wish(Word.OVERDUE)),
        ("package  L-1 b", Wish(Word.PACKAGE, number="L-1 b")),
        ("paket l-1", Wish(Word.PACKAGE, number="l-1")),
        ("package", Wish(Word.HELP)),
        ("statement", Wish(Word.STATEMENT)),
        ("statement 2026", Wish(Word.STATEMENT, year=2026)),
        ("Aufstellung 2026 senden", Wish(Word.STATEMENT, year=2026, is_sending=True)),
        ("statement now", Wish(Word.HELP)),
        ("overdue please", Wish(Word.HELP)),
        ("what?", Wish(Word.HELP)),
    ],
)
def test_the_command_s_words_are_read_in_both_languages(text: str, wish: Wish) -> None:
    assert parse(text) == wish


def test_the_manufacturer_alone_gets_the_picture_and_only_with_the_whole(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        for name in ("karl", "tom", "anna"):
            person(session, name)
        assert command.wanted_plot(session, bot, asked("karl")) is not None
        assert command.wanted_plot(session, bot, asked("karl", "overdue")) is None
        assert command.wanted_plot(session, bot, asked("tom")) is None
        assert command.wanted_plot(session, bot, asked("nobody")) is None
        for arrival in (asked("karl"), asked("karl", "overdue"), asked("tom"), asked("anna")):
            command.settle(session, bot, arrival, None, PNG)
        rows = session.exec(select(OutboxRow)).all()
    (upload,) = [row for row in rows if row.method == "files.upload"]
    assert (upload.content["channel"], upload.lane) == ("U0KARL", "U0KARL")
    assert [row.method for row in rows].count("response_url") == 4


def test_the_plot_has_the_same_months_as_the_figures(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        person(session, "karl")
        plot = command.wanted_plot(session, bot, asked("karl"))
        found = network(session, bot).values()
    assert plot is not None
    assert sum(month.expected_cents for month in plot.months) == sum(one.gross_cents for one in found)
    assert sum(month.remitted_cents for month in plot.months) == sum(one.remitted_cents for one in found)


def test_a_home_is_queued_once_for_each_look_and_only_the_newest_waits(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        anna = person(session, "anna")
        opened = [HomeOpened(TEAM, SlackUser(TEAM, "U0ANNA"), "D0ANNA", f"1700.{n}") for n in (1, 2, 2)]
        for look in opened:
            home.settle(session, bot, look, None)
        waiting = session.exec(select(OutboxRow)).all()
        assert [row.key for row in waiting] == [f"views.publish U0ANNA {opened[-1].key}"]
        waiting[0].state = "sending"
        session.flush()
        home.show(session, bot, anna, "recorded")
        assert len(session.exec(select(OutboxRow)).all()) == 2
    (view,) = {row.content["view"]["type"] for row in waiting}
    assert view == "home"


def test_a_home_of_somebody_whose_slack_id_is_unknown_is_not_queued(stored: Database, bot: Bot) -> None:
    with stored.transaction() as session:
        anna = session.exec(select(PersonRow).where(PersonRow.email == "anna@kfo-am-markt.example")).one()
        home.show(session, bot, anna, "recorded")
        assert session.exec(select(OutboxRow)).all() == []
