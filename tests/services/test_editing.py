"""Editing the directory in Slack: checked as imports are, kept with who and when, and never over others."""

from collections.abc import Mapping
from datetime import date

import pytest
from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.domain.editing import (
    Change,
    EditForm,
    EditPress,
    EditStep,
    Field,
    FlawsError,
    Listing,
    ListKind,
    No,
    NotEditedError,
    Page,
    Sheet,
    Submitted,
    mark,
)
from bot.domain.escalation.life import Move
from bot.domain.network import SlackUser
from bot.services.editing import changes, pages, saving, section, subjects
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.tables import (
    AbsenceRow,
    CompanyRow,
    CompanyTargetRow,
    ContactRow,
    DirectoryChangeRow,
    MembershipRow,
    OutboxRow,
    PracticeDomainRow,
    PracticeRow,
    ReminderDueRow,
)
from tests.builders import licence_package
from tests.escalations import TEAM, World

BERG, TAL, DIRECT = "Praxis Dr. Berg", "Praxis Dr. Tal", "Praxis Direkt"


class Desk(Struct):
    """People at their forms."""

    world: World

    def user(self, name: str) -> SlackUser:
        return SlackUser(TEAM, f"U{name.upper()}")

    def presses(self, who: str, step: EditStep, *keys: int, stamp: str = "") -> Page | None:
        press = EditPress(step, self.user(who), f"press {who} {step} {keys}", keys, stamp)
        with self.world.database.transaction() as session:
            return pages.press(session, self.world.bot, press)

    def opens(self, who: str, step: EditStep, key: int) -> EditForm:
        page = self.presses(who, step, key)
        assert isinstance(page, EditForm)
        return page

    def submits(self, who: str, form: EditForm, values: Mapping[Field, str]) -> None:
        submitted = Submitted(
            user=self.user(who),
            cause=f"form {who} {form.sheet} {sorted(values.items())}",
            sheet=form.sheet,
            key=form.key,
            company_id=form.company_id,
            seen={name: mark(value) for name, value in form.values.items()},
            filled={**form.values, **values},
        )
        with self.world.database.transaction() as session:
            saving.save(session, self.world.bot, submitted)

    def edits(self, who: str, step: EditStep, key: int, values: Mapping[Field, str]) -> None:
        self.submits(who, self.opens(who, step, key), values)

    def flaws(self, who: str, form: EditForm, values: Mapping[Field, str]) -> dict[str, str]:
        with pytest.raises(FlawsError) as refused:
            self.submits(who, form, values)
        return {one.field.value: one.flaw.value for one in refused.value.flaws}

    def hears(self, who: str) -> list[str]:
        """Return what somebody was told alone, beside escalations."""
        query = select(OutboxRow).where(
            OutboxRow.lane == self.user(who).user_id, col(OutboxRow.key).startswith("chat.postMessage")
        )
        with self.world.database.transaction() as session:
            return [row.content["text"] for row in session.exec(query.order_by(col(OutboxRow.id))).all()]

    def changes(self, company: str = "nord") -> tuple[Change, ...]:
        with self.world.database.transaction() as session:
            return changes.last(session, self.world.companies[company])


@pytest.fixture
def desk(database: Database) -> Desk:
    world = World(database).found()
    with database.transaction() as session:
        for row in session.exec(select(ContactRow).where(ContactRow.slack_channel_id != "")).all():
            row.slack = f"{row.slack_workspace_id}/{row.slack_channel_id}"
    return Desk(world)


def contact_id(session: Session, company_id: int, name: str) -> int:
    query = select(ContactRow).where(ContactRow.company_id == company_id, ContactRow.name == name)
    return session.exec(query).one().id or 0


def told(change: Change) -> tuple[str, str, str, str]:
    return change.by, change.field, change.before, change.after


def test_opening_hours_are_kept_with_who_and_when_and_shown_in_the_home(desk: Desk) -> None:
    nord = desk.world.companies["nord"]
    before = desk.opens("tom", EditStep.HOURS, nord).values[Field.OPENING_HOURS]
    desk.edits("tom", EditStep.HOURS, nord, {Field.OPENING_HOURS: "Mo-Th 09:00-16:00"})
    (change,) = desk.changes()
    assert told(change) == ("Tom", "opening_hours", before, "Mo-Th 09:00-16:00")
    assert change.at == desk.world.clock.now()
    with desk.world.database.transaction() as session:
        company = directory.company(session, nord)
        assert company is not None
        assert company.calendar.hours == "Mo-Th 09:00-16:00"
        assert len(company.contacts) == 2
        shown = session.exec(select(OutboxRow).where(OutboxRow.method == "views.publish")).all()
        assert "Mo-Th 09:00-16:00" in str([row.content for row in shown])


def test_what_imports_refuse_is_refused_at_its_field_and_nothing_is_changed(desk: Desk) -> None:
    world = desk.world
    practice = desk.opens("tom", EditStep.PRACTICE, world.practices[BERG])
    wrong = {
        Field.COUNTRY: "Germany",
        Field.TIME_ZONE: "Berlin",
        Field.EMAIL_DOMAINS: "gmail.com",
        Field.RENEWAL_CONTACT: "anna",
        Field.REMINDERS_TO: "channel",
        Field.LANGUAGE: "fr",
        Field.SUPPORT_PARTNER: "nord",
    }
    found = desk.flaws("tom", practice, {k: v for k, v in wrong.items() if k != Field.SUPPORT_PARTNER})
    assert found == {name.value: "invalid" for name in wrong if name != Field.SUPPORT_PARTNER}
    assert desk.flaws("tom", practice, {Field.SUPPORT_PARTNER: "nord"}) == {"support_partner": "invalid"}
    vat = {Field.COUNTRY: "DE", Field.VAT_ID: "DE123456789", Field.SUBDIVISION: "XX"}
    assert desk.flaws("tom", practice, vat) == {"vat_id": "invalid", "subdivision": "invalid"}
    hours = desk.opens("tom", EditStep.HOURS, world.companies["nord"])
    assert desk.flaws("tom", hours, {Field.OPENING_HOURS: "always"}) == {"opening_hours": "invalid"}
    assert desk.changes() == ()


def test_a_practice_s_fields_are_kept_one_row_each_and_a_domain_belongs_to_one_practice(desk: Desk) -> None:
    world = desk.world
    key = world.practices[BERG]
    new = {Field.COUNTRY: "de", Field.SUBDIVISION: "DE-SN", Field.EMAIL_DOMAINS: "berg.example, @kfo.example"}
    desk.edits("tom", EditStep.PRACTICE, key, new)
    assert {told(one) for one in desk.changes()} == {
        ("Tom", "country", "", "DE"),
        ("Tom", "subdivision", "", "SN"),
        ("Tom", "email_domains", "", "berg.example kfo.example"),
    }
    with world.database.transaction() as session:
        assert session.get_one(PracticeDomainRow, "kfo.example").practice_id == key
    other = desk.opens("lena", EditStep.PRACTICE, world.practices[TAL])
    assert desk.flaws("lena", other, {Field.EMAIL_DOMAINS: "berg.example"}) == {"email_domains": "taken"}


def test_of_two_who_edit_at_once_the_second_sees_that_it_changed_and_overwrites_nothing(desk: Desk) -> None:
    world = desk.world
    key = world.practices[BERG]
    first, second = (desk.opens(who, EditStep.PRACTICE, key) for who in ("tom", "tina"))
    desk.submits("tom", first, {Field.COUNTRY: "DE", Field.TIME_ZONE: "Europe/Berlin"})
    with pytest.raises(FlawsError) as refused:
        desk.submits("tina", second, {Field.COUNTRY: "AT", Field.LANGUAGE: "de"})
    (flaw,) = refused.value.flaws
    assert (flaw.field, flaw.flaw, flaw.now, flaw.by) == (Field.COUNTRY, "changed", "DE", "Tom")
    desk.submits("tina", second, {Field.LANGUAGE: "de"})
    with world.database.transaction() as session:
        row = session.get_one(PracticeRow, key)
        assert (row.country, row.time_zone, row.language) == ("DE", "Europe/Berlin", "de")


def test_a_contact_is_added_moved_renamed_and_removed_and_what_names_it_follows(desk: Desk) -> None:
    world = desk.world
    nord = world.companies["nord"]
    with world.database.transaction() as session:
        session.get_one(PracticeRow, world.practices[BERG]).vendor_contact = "tom@nord.example"
        session.get_one(CompanyRow, nord).escalation_lead = "tom@nord.example"
        tom = contact_id(session, nord, "tom")
    new = {Field.CONTACT_NAME: "Tilda", Field.CONTACT_PHONE: "+49 371 555 0100", Field.ORDER: "1"}
    desk.edits("tom", EditStep.ADD_CONTACT, nord, new)
    desk.edits(
        "tom", EditStep.CONTACT, tom, {Field.CONTACT_NAME: "Tommy", Field.CONTACT_EMAIL: "TP@nord.example"}
    )
    with world.database.transaction() as session:
        company = directory.company(session, nord)
        assert company is not None
        assert [one.name for one in company.contacts] == ["Tilda", "Tommy", "desk"]
        assert session.get_one(ContactRow, tom).email == "tp@nord.example"
        assert session.get_one(PracticeRow, world.practices[BERG]).vendor_contact == "tp@nord.example"
        assert session.get_one(CompanyRow, nord).escalation_lead == "tp@nord.example"
    listed = desk.presses("tom", EditStep.CONTACTS, nord)
    assert isinstance(listed, Listing)
    entry = next(one for one in listed.entries if one.key == tom)
    with pytest.raises(NotEditedError, match=No.CHANGED):
        desk.presses("tom", EditStep.DROP_CONTACT, tom, stamp="old")
    desk.presses("tom", EditStep.DROP_CONTACT, tom, stamp=entry.stamp)
    with world.database.transaction() as session:
        assert session.get(ContactRow, tom) is None
        assert session.get_one(PracticeRow, world.practices[BERG]).vendor_contact == ""
        rows = session.exec(
            select(DirectoryChangeRow).where(DirectoryChangeRow.field == "contact_name")
        ).all()
        assert [(row.before, row.after) for row in rows] == [("", "Tilda"), ("tom", "Tommy"), ("Tommy", "")]


def test_a_contact_has_a_name_a_way_to_be_reached_and_an_address_of_its_own(desk: Desk) -> None:
    nord = desk.world.companies["nord"]
    form = desk.opens("tom", EditStep.ADD_CONTACT, nord)
    assert desk.flaws("tom", form, {Field.CONTACT_PHONE: "112233"}) == {"contact_name": "missing"}
    assert desk.flaws("tom", form, {Field.CONTACT_NAME: "New"}) == {"contact_slack": "invalid"}
    new = {Field.CONTACT_NAME: "New", Field.CONTACT_EMAIL: "tom@nord.example"}
    assert desk.flaws("tom", form, new) == {"contact_email": "taken"}
    wrong = {Field.CONTACT_NAME: "New", Field.CONTACT_SLACK: "#nowhere"}
    assert desk.flaws("tom", form, wrong) == {"contact_slack": "invalid"}
    found = {
        Field.CONTACT_NAME: "Tina",
        Field.CONTACT_EMAIL: "tina@nord.example",
        Field.CONTACT_SLACK: "@tina",
    }
    desk.submits("tom", form, found)
    with desk.world.database.transaction() as session:
        row = session.get_one(ContactRow, contact_id(session, nord, "Tina"))
        assert (row.slack_workspace_id, row.slack_user_id) == (TEAM, "UTINA")


def test_an_absence_of_the_company_closes_it_and_moves_its_reminders(desk: Desk) -> None:
    world = desk.world
    nord = world.companies["nord"]
    with world.database.transaction() as session:
        (key, *_) = licence_package(session, "L-1", BERG, date(2027, 3, 1))
        before = session.get_one(ReminderDueRow, (key, f"company:{nord}")).at
    day = before.date()
    days = {Field.FIRST_ON: day.isoformat(), Field.LAST_ON: day.isoformat(), Field.NOTE: "Stocktaking"}
    form = desk.opens("tom", EditStep.ADD_ABSENCE, nord)
    backwards = {Field.FIRST_ON: "2026-12-24", Field.LAST_ON: "2026-12-23"}
    assert desk.flaws("tom", form, backwards) == {"last_on": "invalid"}
    assert desk.flaws("tom", form, {**days, Field.WHO: str(world.people["lena"])}) == {"who": "invalid"}
    desk.submits("tom", form, days)
    desk.submits("tom", form, days)
    with world.database.transaction() as session:
        assert len(session.exec(select(AbsenceRow)).all()) == 1
        company = directory.company(session, nord)
        assert company is not None
        assert not company.calendar.is_working_day(day)
        assert session.get_one(ReminderDueRow, (key, f"company:{nord}")).at.date() != day
    desk.submits("tom", form, {**days, Field.WHO: str(world.people["tina"])})
    listed = desk.presses("tom", EditStep.ABSENCES, nord)
    assert isinstance(listed, Listing)
    assert [one.away.who for one in listed.entries if one.away] == ["", "Tina"]
    desk.presses("tom", EditStep.DROP_ABSENCE, listed.entries[0].key, stamp=listed.entries[0].stamp)
    with world.database.transaction() as session:
        assert session.get_one(ReminderDueRow, (key, f"company:{nord}")).at == before
        assert len(session.exec(select(AbsenceRow)).all()) == 1


def test_whoever_enters_an_absence_hears_what_is_open_with_whom_it_concerns(desk: Desk) -> None:
    world, nord = desk.world, desk.world.companies["nord"]
    taken = world.open()
    world.move(taken, Move.TAKE, "tina")
    world.open("arzt")
    today = world.clock.now().date()
    days = {Field.FIRST_ON: today.isoformat(), Field.LAST_ON: today.isoformat()}
    form = desk.opens("tina", EditStep.ADD_ABSENCE, nord)
    desk.submits("tina", form, {**days, Field.WHO: str(world.people["tina"])})
    (told,) = desk.hears("tina")
    assert told.startswith("Tina is away 24 Nov 2026, and has these escalations open:")
    assert "“Reassign”" in told
    assert "ESC-2026-0001" in told
    assert "ESC-2026-0002" not in told
    desk.submits("tina", form, {**days, Field.NOTE: "Stocktaking"})
    closed = desk.hears("tina")[-1]
    assert closed.startswith("Nord Dental is closed 24 Nov 2026, and has these escalations open:")
    assert "ESC-2026-0001" in closed
    assert "ESC-2026-0002" in closed


def test_an_absence_that_concerns_nothing_open_is_not_worth_a_message(desk: Desk) -> None:
    world, nord = desk.world, desk.world.companies["nord"]
    world.move(world.open(), Move.TAKE, "tom")
    form = desk.opens("tina", EditStep.ADD_ABSENCE, nord)
    days = {Field.FIRST_ON: "2026-12-01", Field.LAST_ON: "2026-12-02"}
    desk.submits("tina", form, {**days, Field.WHO: str(world.people["tina"])})
    over = {Field.FIRST_ON: "2026-11-20", Field.LAST_ON: "2026-11-23"}
    desk.submits("tina", form, {**over, Field.WHO: str(world.people["tom"])})
    assert desk.hears("tina") == []


def test_promises_are_kept_in_minutes_and_may_be_taken_back(desk: Desk) -> None:
    nord = desk.world.companies["nord"]
    form = desk.opens("tom", EditStep.TARGETS, nord)
    assert desk.flaws("tom", form, {Field.RESPONSE_STOPPED: "soon"}) == {"response_stopped": "invalid"}
    desk.submits("tom", form, {Field.RESPONSE_STOPPED: "4 h", Field.SOLUTION_STOPPED: "990 min"})
    desk.edits("tom", EditStep.TARGETS, nord, {Field.SOLUTION_STOPPED: ""})
    with desk.world.database.transaction() as session:
        row = session.get_one(CompanyTargetRow, (nord, "stopped"))
        assert (row.response_minutes, row.solution_minutes) == (240, None)
        assert subjects.values_of(session, Sheet.TARGETS, nord, nord)[Field.RESPONSE_STOPPED] == "4 h"
        told = {(change.before, change.after) for change in changes.last(session, nord)}
    assert told == {("", "4 h"), ("", "990 min"), ("990 min", "")}


def test_somebody_who_claims_a_practice_is_confirmed_or_refused_once_by_its_vendor(desk: Desk) -> None:
    world = desk.world
    nina = world.person("nina", practice=BERG, is_confirmed=False)
    paul = world.person("paul", practice=BERG, is_confirmed=False)
    berg = world.practices[BERG]
    with world.database.transaction() as session:
        waiting, more = section.waiting(session, world.companies["nord"])
        assert [one.person_id for one in waiting] == [nina, paul]
        assert more == 0
        assert section.waiting(session, world.companies["alpine"]) == ([], 0)
    with pytest.raises(NotEditedError, match=No.FORBIDDEN):
        desk.presses("lena", EditStep.CONFIRM, nina, berg)
    desk.presses("tom", EditStep.CONFIRM, nina, berg)
    desk.presses("tina", EditStep.REFUSE, paul, berg)
    with pytest.raises(NotEditedError, match=No.CHANGED):
        desk.presses("tina", EditStep.REFUSE, nina, berg)
    with world.database.transaction() as session:
        assert session.get_one(MembershipRow, (nina, berg)).confirmed_at == world.clock.now()
        assert session.get(MembershipRow, (paul, berg)) is None
    assert [told(one) for one in desk.changes()] == [
        ("Tina", "member", "Paul", ""),
        ("Tom", "member", "", "Nina"),
    ]


@pytest.mark.parametrize(
    ("who", "nord", "direct"),
    [
        ("tom", True, False),
        ("lena", False, False),
        ("karl", False, True),
        ("ada", True, True),
        ("tara", False, False),
        ("anna", False, False),
        ("otto", False, False),
    ],
)
def test_each_edits_their_own_alone_whatever_the_form_says(
    desk: Desk, who: str, nord: bool, direct: bool
) -> None:
    world = desk.world
    for practice, owner, allowed in ((BERG, "ada", nord), (DIRECT, "karl", direct)):
        form = desk.opens(owner, EditStep.PRACTICE, world.practices[practice])
        forged = replace(form, company_id=world.companies["alpine"])
        assert may(desk, who, forged, {Field.TIME_ZONE: "Europe/Paris"}) == allowed
    for step in (EditStep.HOURS, EditStep.TARGETS, EditStep.ADD_ABSENCE):
        form = desk.opens("ada", step, world.companies["nord"])
        days = {Field.FIRST_ON: "2026-12-24", Field.LAST_ON: "2026-12-24"}
        assert may(desk, who, form, days if step is EditStep.ADD_ABSENCE else {}) == nord
    with world.database.transaction() as session:
        tom = contact_id(session, world.companies["nord"], "tom")
    assert may(desk, who, desk.opens("ada", EditStep.CONTACT, tom), {Field.CONTACT_PHONE: "112233"}) == nord


def may(desk: Desk, who: str, form: EditForm, values: Mapping[Field, str]) -> bool:
    try:
        desk.submits(who, form, values)
    except NotEditedError as error:
        return error.no is not No.FORBIDDEN
    return True


def test_of_more_than_twenty_practices_one_is_searched_for(desk: Desk) -> None:
    world = desk.world
    for number in range(25):
        world.practice(f"Praxis Österle {number:02}", "nord")
    listed = desk.presses("tom", EditStep.PRACTICES, world.companies["nord"])
    assert isinstance(listed, Listing)
    assert (len(listed.entries), listed.more) == (20, 6)
    with world.database.transaction() as session:
        user, nord = desk.user("tom"), world.companies["nord"]
        found = pages.listing(session, world.bot, user, ListKind.PRACTICES, nord, "österle 2")
        assert [one.lines[0][-2:] for one in found.entries] == ["20", "21", "22", "23", "24"]
        with pytest.raises(NotEditedError, match=No.FORBIDDEN):
            pages.listing(session, world.bot, user, ListKind.COMPANIES, 0)


def test_what_was_removed_meanwhile_is_gone(desk: Desk) -> None:
    form = desk.opens("tom", EditStep.HOURS, desk.world.companies["nord"])
    with pytest.raises(NotEditedError, match=No.GONE):
        desk.submits("tom", replace(form, sheet=Sheet.CONTACT, key=9999), {})
