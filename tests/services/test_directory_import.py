from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from bot.domain.network import SlackChannel, SlackUser
from bot.files.csv_table import FileRefused
from bot.files.directory_csv import read_sheet, write_sheet
from bot.files.kinds import DIRECTORY, Kind
from bot.services.directory_import import PruneRefusedError, apply_import, export_rows, plan_import
from bot.services.imports.names import SlackFindings, look_up
from bot.services.imports.plan import ImportPlan
from bot.storage.database import Database
from bot.storage.tables import (
    ChannelRow,
    CompanyRow,
    ContactRow,
    MembershipRow,
    PersonRow,
    PracticeDomainRow,
    PracticeRow,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MARKT = "Kieferorthopädie am Markt"

Rows = list[dict[str, str]]


def sheet_rows(database: Database, kind: Kind) -> Rows:
    with database.transaction() as session:
        return export_rows(session, kind)


def plan_of(
    session: Session, kind: Kind, rows: Rows, found: SlackFindings | None = None, *, prune: bool = False
) -> ImportPlan:
    sheet = read_sheet(kind, write_sheet(kind, rows), f"{kind}.csv")
    return plan_import(session, sheet, found, prune=prune)


def imported(
    database: Database, kind: Kind, rows: Rows, found: SlackFindings | None = None, *, prune: bool = False
) -> ImportPlan:
    with database.transaction() as session:
        plan = plan_of(session, kind, rows, found, prune=prune)
        apply_import(session, plan, NOW)
        return plan


def faults(database: Database, kind: Kind, rows: Rows, *, prune: bool = False) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        imported(database, kind, rows, prune=prune)
    return [str(fault) for fault in refused.value.faults]


def edited(rows: Rows, column: str, key: str, **cells: str) -> Rows:
    return [{**row, **cells} if row[column] == key else row for row in rows]


def without(rows: Rows, column: str, key: str) -> Rows:
    return [row for row in rows if row[column] != key]


def changes(plan: ImportPlan) -> dict[str, dict[str, tuple[str, str]]]:
    return {c.key: {part.column: (part.before, part.after) for part in c.columns} for c in plan.changed}


@pytest.fixture
def filled(sample_database: Database) -> Database:
    return sample_database


@pytest.mark.parametrize("kind", DIRECTORY)
def test_what_is_exported_changes_nothing_when_imported(filled: Database, kind: Kind) -> None:
    rows = sheet_rows(filled, kind)
    plan = imported(filled, kind, rows)
    assert plan.is_empty
    assert plan.unchanged > 0
    assert plan.disappeared == ()
    assert sheet_rows(filled, kind) == rows


@pytest.mark.parametrize("kind", DIRECTORY)
def test_importing_twice_doubles_nothing(filled: Database, kind: Kind) -> None:
    tables = (CompanyRow, ContactRow, PracticeRow, PracticeDomainRow, PersonRow, MembershipRow)

    def counts() -> list[int]:
        with filled.transaction() as session:
            return [len(session.exec(select(table)).all()) for table in tables]

    before = counts()
    imported(filled, kind, sheet_rows(filled, kind))
    assert counts() == before


def test_a_new_company_is_added_with_its_contacts(filled: Database) -> None:
    rows = sheet_rows(filled, Kind.COMPANIES)
    new = edited(
        rows[2:4],
        "slug",
        "alpine-ortho",
        slug="west-dental",
        name="West Dental",
        contact_email="w@west.example",
    )
    plan = imported(filled, Kind.COMPANIES, [*rows, new[0]])
    assert [change.key for change in plan.added] == ["West Dental"]
    assert plan.changed == ()
    assert {"slug": "west-dental", "contact_email": "w@west.example"}.items() <= sheet_rows(
        filled, Kind.COMPANIES
    )[-3].items()


def test_a_change_names_the_columns_with_before_and_after(filled: Database) -> None:
    rows = sheet_rows(filled, Kind.COMPANIES)
    rows = edited(rows, "slug", "alpine-ortho", charge="once", contact_phone="+41 44 000 09 99")
    plan = imported(filled, Kind.COMPANIES, rows)
    assert changes(plan) == {
        "Alpine Ortho": {
            "charge": ("nothing", "once"),
            "contact_phone of lena@alpine-ortho.example": ("+41 44 000 01 23", "+41 44 000 09 99"),
        }
    }
    assert sheet_rows(filled, Kind.COMPANIES) == rows


def test_contacts_come_go_and_change_places(filled: Database) -> None:
    rows = sheet_rows(filled, Kind.COMPANIES)
    (first, second) = [row for row in rows if row["slug"] == "nord-dental"]
    contact = {column: cell for column, cell in second.items() if column.startswith("contact_")}
    swapped = [
        {**first, **contact},
        {"slug": "nord-dental", "contact_name": "New desk", "contact_phone": "+49 40 66969 555"},
    ]
    plan = imported(filled, Kind.COMPANIES, [*without(rows, "slug", "nord-dental"), *swapped])
    assert changes(plan)["Nord Dental Systeme"]["contacts"] == (
        "service@nord-dental.example, tom@nord-dental.example",
        "tom@nord-dental.example, New desk",
    )
    now = [row["contact_name"] for row in sheet_rows(filled, Kind.COMPANIES) if row["slug"] == "nord-dental"]
    assert now == ["Tom Petersen", "New desk"]


def test_a_contact_keeps_its_row_and_practices_follow_its_new_address(filled: Database) -> None:
    with filled.transaction() as session:
        before = session.exec(select(ContactRow.id).where(ContactRow.name == "Tom Petersen")).one()
    rows = sheet_rows(filled, Kind.COMPANIES)
    plan = imported(
        filled,
        Kind.COMPANIES,
        edited(rows, "contact_name", "Tom Petersen", contact_email="tp@nord-dental.example"),
    )
    assert any(f"“{MARKT}” had tom@nord-dental.example" in str(hint) for hint in plan.hints)
    with filled.transaction() as session:
        contact = session.exec(select(ContactRow).where(ContactRow.name == "Tom Petersen")).one()
        assert (contact.id, contact.email) == (before, "tp@nord-dental.example")
    practices = sheet_rows(filled, Kind.PRACTICES)
    assert (
        next(row for row in practices if row["name"] == MARKT)["vendor_contact"] == "tp@nord-dental.example"
    )
    assert imported(filled, Kind.PRACTICES, practices).is_empty


def test_a_contact_that_goes_leaves_its_practices_to_the_first(filled: Database) -> None:
    rows = without(sheet_rows(filled, Kind.COMPANIES), "contact_email", "tom@nord-dental.example")
    imported(filled, Kind.COMPANIES, rows)
    practices = sheet_rows(filled, Kind.PRACTICES)
    assert next(row for row in practices if row["name"] == MARKT)["vendor_contact"] == ""


def test_there_is_exactly_one_manufacturer_in_the_whole_directory(filled: Database) -> None:
    maker = sheet_rows(filled, Kind.COMPANIES)[0]
    (found,) = faults(filled, Kind.COMPANIES, [{**maker, "slug": "second-maker"}])
    assert "Image Instruments (image-instruments) is the manufacturer" in found


def test_a_directory_without_a_manufacturer_is_refused(filled: Database) -> None:
    rows = [row for row in sheet_rows(filled, Kind.COMPANIES) if row["slug"] != "image-instruments"]
    assert "no company is the manufacturer" in faults(filled, Kind.COMPANIES, rows, prune=True)[0]


def test_a_vendor_of_practices_stays_one(filled: Database) -> None:
    rows = edited(sheet_rows(filled, Kind.COMPANIES), "slug", "castle-dental", role="support-partner")
    (found,) = [text for text in faults(filled, Kind.COMPANIES, rows) if "role" in text]
    assert (
        "it is still the distributor of “Northgate Orthodontic Centre”, “Smile Orthodontics Manchester”"
        in found
    )


def test_what_disappeared_is_reported_and_kept(filled: Database) -> None:
    rows = without(sheet_rows(filled, Kind.PEOPLE), "email", "anna@kfo-am-markt.example")
    plan = imported(filled, Kind.PEOPLE, rows)
    assert [gone.key for gone in plan.disappeared] == ["anna@kfo-am-markt.example"]
    assert len(sheet_rows(filled, Kind.PEOPLE)) == len(rows) + 1


def test_what_disappeared_is_removed_with_prune(filled: Database) -> None:
    people = without(sheet_rows(filled, Kind.PEOPLE), "email", "grace@northgate-ortho.example")
    practices = without(sheet_rows(filled, Kind.PRACTICES), "name", "Northgate Orthodontic Centre")
    imported(filled, Kind.PEOPLE, people, prune=True)
    imported(filled, Kind.PRACTICES, practices, prune=True)
    assert sheet_rows(filled, Kind.PEOPLE) == people
    assert sheet_rows(filled, Kind.PRACTICES) == practices
    with filled.transaction() as session:
        assert session.get(PracticeDomainRow, "northgate-ortho.example") is None


def test_what_others_depend_on_is_not_removed_and_nothing_is_written(filled: Database) -> None:
    rows = edited(sheet_rows(filled, Kind.COMPANIES), "slug", "bracketwise", charge="nothing")
    rows = without(without(rows, "slug", "castle-dental"), "slug", "nord-dental")
    with pytest.raises(PruneRefusedError) as refused:
        imported(filled, Kind.COMPANIES, rows, prune=True)
    reasons = str(refused.value).splitlines()
    assert reasons[0] == (
        "Nord Dental Systeme cannot be removed: “Kieferorthopädie am Markt”, “Zahnspangenwerk Lübeck” "
        "are customers of it; “Tom Petersen” work for it"
    )
    assert reasons[1].startswith("Castle Dental Supplies cannot be removed")
    assert sheet_rows(filled, Kind.COMPANIES)[-2]["charge"] != "nothing"


def test_a_practice_with_people_is_not_removed(filled: Database) -> None:
    rows = without(sheet_rows(filled, Kind.PRACTICES), "name", MARKT)
    with pytest.raises(PruneRefusedError, match=r"“Anna Lehmann”, “Dr\. Jonas Brandt” belong to it"):
        imported(filled, Kind.PRACTICES, rows, prune=True)


def test_a_person_whom_slack_knows_outlives_the_directory_with_what_they_asked(filled: Database) -> None:
    with filled.transaction() as session:
        anna = session.exec(select(PersonRow).where(PersonRow.email == "anna@kfo-am-markt.example")).one()
        anna.workspace_id, anna.user_id = "T1", "U1"
    imported(filled, Kind.PEOPLE, without(sheet_rows(filled, Kind.PEOPLE), "email", anna.email), prune=True)
    with filled.transaction() as session:
        kept = session.get_one(PersonRow, anna.id)
        assert not kept.is_imported
        assert session.exec(select(MembershipRow).where(MembershipRow.person_id == anna.id)).all() == []


def test_references_to_what_nobody_imported_are_faults_with_line_and_column(filled: Database) -> None:
    rows = sheet_rows(filled, Kind.PRACTICES)
    rows[0] = {**rows[0], "vendor": "nobody", "support_partner": "alpine-ortho"}
    rows[1] = {**rows[1], "vendor_contact": "who@else.example"}
    assert [text.split(": ")[0] for text in faults(filled, Kind.PRACTICES, rows)] == [
        'practices.csv:2 vendor "nobody"',
        'practices.csv:2 support_partner "alpine-ortho"',
        'practices.csv:3 vendor_contact "who@else.example"',
    ]


def test_people_name_companies_and_practices_that_are_there(filled: Database) -> None:
    rows = sheet_rows(filled, Kind.PEOPLE)
    rows[0] = {**rows[0], "company": "nobody"}
    rows[-1] = {**rows[-1], "practices": f"{MARKT.upper()} | Praxis Unbekannt"}
    found = faults(filled, Kind.PEOPLE, rows)
    assert [text.split(": ")[0] for text in found] == [
        'people.csv:2 company "nobody"',
        f'people.csv:13 practices "{MARKT.upper()}"',
        'people.csv:13 practices "Praxis Unbekannt"',
    ]
    assert f"capitals count; did you mean “{MARKT}”?" in found[1]


def test_a_fault_anywhere_leaves_everything_as_it_was(filled: Database) -> None:
    rows = edited(sheet_rows(filled, Kind.PRACTICES), "name", MARKT, language="en")
    before = sheet_rows(filled, Kind.PRACTICES)
    faults(filled, Kind.PRACTICES, [*rows, {"name": "Praxis Neustadt", "vendor": "nobody"}])
    assert sheet_rows(filled, Kind.PRACTICES) == before


def test_a_practice_that_differs_only_in_capitals_is_added_with_a_hint(filled: Database) -> None:
    rows = sheet_rows(filled, Kind.PRACTICES)
    plan = imported(filled, Kind.PRACTICES, [*rows, {"name": MARKT.upper(), "vendor": "nord-dental"}])
    assert [change.key for change in plan.added] == [MARKT.upper()]
    assert [hint.words for hint in plan.hints if hint.column == "name"] == [
        f"“{MARKT.upper()}” differs only in capitals from “{MARKT}”; they are different licences"
    ]


def test_a_domain_moves_from_one_practice_to_another_in_either_order(filled: Database) -> None:
    for giver, taker in ((MARKT, "Zahnspangenwerk Lübeck"), ("Zahnspangenwerk Lübeck", MARKT)):
        rows = edited(sheet_rows(filled, Kind.PRACTICES), "name", giver, email_domains="")
        imported(filled, Kind.PRACTICES, edited(rows, "name", taker, email_domains="kfo-am-markt.example"))
        with filled.transaction() as session:
            owner = session.get_one(PracticeDomainRow, "kfo-am-markt.example").practice_id
            assert session.get_one(PracticeRow, owner).name == taker


def test_a_domain_of_a_practice_outside_the_file_is_a_fault_unless_that_one_goes(filled: Database) -> None:
    new = {"name": "Praxis Neustadt", "vendor": "nord-dental", "email_domains": "northgate-ortho.example"}
    assert "belongs to “Northgate Orthodontic Centre”" in faults(filled, Kind.PRACTICES, [new])[0]
    imported(
        filled, Kind.PEOPLE, without(sheet_rows(filled, Kind.PEOPLE), "name", "Grace Turner"), prune=True
    )
    rows = without(sheet_rows(filled, Kind.PRACTICES), "name", "Northgate Orthodontic Centre")
    imported(filled, Kind.PRACTICES, [*rows, new], prune=True)


def test_people_of_the_import_are_confirmed(filled: Database) -> None:
    with filled.transaction() as session:
        person = session.exec(select(PersonRow).where(PersonRow.name == "Dr. Jonas Brandt")).one()
        rows = session.exec(select(MembershipRow).where(MembershipRow.person_id == person.id)).all()
        assert person.is_imported
        assert len(rows) == 2
        assert all(row.confirmed_at is not None for row in rows)


def test_somebody_who_wrote_before_the_import_is_recognised_by_address(filled: Database) -> None:
    with filled.transaction() as session:
        practices = {row.name: row.id for row in session.exec(select(PracticeRow)).all()}
        person = PersonRow(
            workspace_id="T1", user_id="U9", email="eva@kfo.example", name="Eva from Slack", looked_up_at=NOW
        )
        session.add(person)
        session.flush()
        for name in (MARKT, "Zahnspangenwerk Lübeck"):
            session.add(MembershipRow(person_id=person.id or 0, practice_id=practices[name] or 0))
    row = {"name": "Eva Blum", "email": "eva@kfo.example", "practices": MARKT}
    plan = imported(filled, Kind.PEOPLE, [*sheet_rows(filled, Kind.PEOPLE), row])
    assert [change.key for change in plan.added] == ["eva@kfo.example"]
    exported = next(row for row in sheet_rows(filled, Kind.PEOPLE) if row["email"] == "eva@kfo.example")
    assert exported["slack_user"] == "U9"
    assert exported["practices"] == MARKT
    # What Slack says of a person is Slack's: its name stays, and the file is not at odds with it.
    assert exported["name"] == "Eva from Slack"
    assert imported(filled, Kind.PEOPLE, [row]).is_empty


def test_a_changed_address_of_a_known_slack_user_is_no_new_person(filled: Database) -> None:
    row = {
        "name": "Eva Blum",
        "email": "eva@kfo.example",
        "practices": MARKT,
        "slack_user": "U9AB",
        "workspace": "T1AB",
    }
    imported(filled, Kind.PEOPLE, [row])
    plan = imported(filled, Kind.PEOPLE, [{**row, "email": "blum@kfo.example"}])
    assert changes(plan) == {"blum@kfo.example": {"email": ("eva@kfo.example", "blum@kfo.example")}}


def test_an_old_address_does_not_take_the_row_of_a_slack_user_in_the_file(filled: Database) -> None:
    row = {
        "name": "Eva Blum",
        "email": "eva@kfo.example",
        "practices": MARKT,
        "slack_user": "U9AB",
        "workspace": "T1AB",
    }
    imported(filled, Kind.PEOPLE, [row])
    other = {"name": "Eva Klein", "email": "eva@kfo.example", "practices": MARKT}
    plan = imported(filled, Kind.PEOPLE, [other, {**row, "email": "blum@kfo.example"}])
    assert [change.key for change in plan.added] == ["eva@kfo.example"]
    assert [change.key for change in plan.changed] == ["blum@kfo.example"]


class FakeSlack:
    """A workspace that knows some people and channels, and remembers what it was asked."""

    def __init__(self, users: Mapping[str, str], channels: Mapping[str, str]) -> None:
        self.users, self.channels = users, channels
        self.asked: list[str] = []

    async def workspace_id(self) -> str:
        return "T1AB"

    async def user_by_email(self, email: str) -> SlackUser | None:
        self.asked.append(email)
        return SlackUser("T1AB", self.users[email]) if email in self.users else None

    async def channel_by_name(self, name: str) -> SlackChannel | None:
        self.asked.append(f"#{name}")
        return SlackChannel("T1AB", self.channels[name]) if name in self.channels else None


SLACK = FakeSlack(
    {"anna@kfo-am-markt.example": "U1AB", "tom@nord-dental.example": "U2AB"}, {"kfo-am-markt": "C1AB"}
)


async def import_with_slack(database: Database, kind: Kind, slack: FakeSlack) -> ImportPlan:
    rows = sheet_rows(database, kind)
    with database.transaction() as session:
        wanted = plan_of(session, kind, rows).wanted
    return imported(database, kind, rows, await look_up(slack, wanted))


async def test_people_get_their_slack_ids_by_address(filled: Database) -> None:
    plan = await import_with_slack(filled, Kind.PEOPLE, SLACK)
    assert changes(plan)["anna@kfo-am-markt.example"] == {
        "slack_user": ("", "U1AB"),
        "workspace": ("", "T1AB"),
    }
    assert plan.hints[0].words == "not resolved: ines@image-instruments.example"
    assert len(plan.hints) == 10


async def test_what_was_resolved_is_not_asked_again(filled: Database) -> None:
    await import_with_slack(filled, Kind.PEOPLE, SLACK)
    again = FakeSlack({}, {})
    plan = await import_with_slack(filled, Kind.PEOPLE, again)
    assert plan.is_empty
    assert "anna@kfo-am-markt.example" not in again.asked
    assert "heike@kfo-sommer.example" in again.asked


async def test_a_practice_gets_its_channel_by_name(filled: Database) -> None:
    plan = await import_with_slack(filled, Kind.PRACTICES, SLACK)
    assert changes(plan) == {MARKT: {"channels": ("#kfo-am-markt", "#kfo-am-markt = T1AB/C1AB")}}
    assert [hint.words for hint in plan.hints] == ["not resolved: #smile-manchester"]
    with filled.transaction() as session:
        channel = session.get_one(ChannelRow, ("T1AB", "C1AB"))
        assert session.get_one(PracticeRow, channel.practice_id).name == MARKT
        # Nobody asked Slack yet who reads along there.
        assert channel.is_shared
    assert imported(filled, Kind.PRACTICES, sheet_rows(filled, Kind.PRACTICES)).is_empty


async def test_a_channel_that_is_not_listed_any_more_is_nobodys(filled: Database) -> None:
    await import_with_slack(filled, Kind.PRACTICES, SLACK)
    imported(filled, Kind.PRACTICES, edited(sheet_rows(filled, Kind.PRACTICES), "name", MARKT, channels=""))
    with filled.transaction() as session:
        assert session.get_one(ChannelRow, ("T1AB", "C1AB")).practice_id is None


async def test_a_name_and_an_id_of_one_channel_belong_to_one_practice(filled: Database) -> None:
    await import_with_slack(filled, Kind.PRACTICES, SLACK)
    rows = edited(
        sheet_rows(filled, Kind.PRACTICES), "name", "Smile Orthodontics Manchester", channels="T1AB/C1AB"
    )
    assert f"it belongs to “{MARKT}”" in faults(filled, Kind.PRACTICES, rows)[0]


async def test_a_contact_is_found_by_its_address_and_keeps_what_was_found(filled: Database) -> None:
    await import_with_slack(filled, Kind.COMPANIES, SLACK)
    with filled.transaction() as session:
        tom = session.exec(select(ContactRow).where(ContactRow.email == "tom@nord-dental.example")).one()
        assert (tom.slack, tom.slack_workspace_id, tom.slack_user_id) == ("@tom", "T1AB", "U2AB")
    plan = imported(filled, Kind.COMPANIES, sheet_rows(filled, Kind.COMPANIES))
    assert plan.is_empty
    assert "not resolved: @tom" not in [hint.words for hint in plan.hints]


async def test_an_id_without_its_workspace_takes_that_of_the_token(filled: Database) -> None:
    rows = edited(sheet_rows(filled, Kind.COMPANIES), "slug", "alpine-ortho", contact_slack="C7AB")
    with filled.transaction() as session:
        plan = plan_of(session, Kind.COMPANIES, rows)
    assert plan.wanted.workspace
    assert "not resolved: C7AB" in [hint.words for hint in plan.hints]
    imported(filled, Kind.COMPANIES, rows, await look_up(FakeSlack({}, {}), plan.wanted))
    with filled.transaction() as session:
        contact = session.exec(select(ContactRow).where(ContactRow.slack == "C7AB")).one()
        assert (contact.slack_workspace_id, contact.slack_channel_id) == ("T1AB", "C7AB")


def test_somebody_awaited_and_the_same_one_in_slack_become_one(filled: Database) -> None:
    anna = "anna@kfo-am-markt.example"
    with filled.transaction() as session:
        session.add(PersonRow(workspace_id="T1AB", user_id="U1AB", name="Anna"))
    found = SlackFindings("T1AB", {anna: SlackUser("T1AB", "U1AB")})
    plan = imported(filled, Kind.PEOPLE, sheet_rows(filled, Kind.PEOPLE), found)
    assert plan.disappeared == ()
    with filled.transaction() as session:
        (person,) = session.exec(select(PersonRow).where(PersonRow.email == anna)).all()
        assert (person.user_id, person.is_imported) == ("U1AB", True)


def test_two_lines_that_slack_says_are_one_person_are_a_fault(filled: Database) -> None:
    rows = [
        {"name": "Eva", "email": "eva@kfo.example", "practices": MARKT},
        {"name": "Eva", "email": "e.blum@kfo.example", "practices": MARKT},
    ]
    eva = SlackUser("T1AB", "U1AB")
    found = SlackFindings("T1AB", {"eva@kfo.example": eva, "e.blum@kfo.example": eva})
    with filled.transaction() as session, pytest.raises(FileRefused, match="the person of line 2"):
        plan_of(session, Kind.PEOPLE, rows, found)
