"""An editor is of the manufacturer, and appointed by an admin; everybody else is refused with the reason."""

import pytest
from sqlmodel import select

from bot.services import editors
from bot.services.editors import EditorRefusedError
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, EditorRow, PersonRow
from tests.fakes import HandClock

ADMINS = frozenset({"ines@image.example", "UBOSS"})
INES, KARL, TOM, ANNA = "ines@image.example", "karl@image.example", "tom@nord.example", "anna@berg.example"
CLOCK = HandClock()


@pytest.fixture(autouse=True)
def _staff(database: Database) -> None:
    with database.transaction() as session:
        maker = CompanyRow(slug="image", name="Image", role="manufacturer")
        nord = CompanyRow(slug="nord", name="Nord", role="distributor")
        session.add_all([maker, nord])
        session.flush()
        for email, company in ((INES, maker.id), (KARL, maker.id), (TOM, nord.id), (ANNA, None)):
            session.add(PersonRow(email=email, company_id=company))
        for workspace in ("T1", "T2"):
            session.add(PersonRow(workspace_id=workspace, user_id="UKIM", company_id=maker.id))
        session.add(PersonRow(workspace_id="T1", user_id="UNEW"))


def appoint(database: Database, who: str, by: str = INES) -> bool:
    with database.transaction() as session:
        return editors.appoint(session, CLOCK, who, by, ADMINS)


def known(database: Database) -> list[tuple[str, str]]:
    with database.transaction() as session:
        return [(editor.known_as, editor.appointed_by) for editor in editors.appointed(session)]


def test_an_admin_appoints_somebody_of_the_manufacturer(database: Database) -> None:
    assert appoint(database, "Karl@Image.example ")
    assert known(database) == [(KARL, INES)]
    with database.transaction() as session:
        assert session.exec(select(EditorRow)).one().appointed_at == CLOCK.now()


def test_appointing_twice_changes_nothing(database: Database) -> None:
    assert appoint(database, KARL)
    assert not appoint(database, KARL, by="UBOSS")
    assert known(database) == [(KARL, INES)]


def test_an_admin_may_act_before_the_bot_has_met_them(database: Database) -> None:
    assert appoint(database, KARL, by="UBOSS")
    assert known(database) == [(KARL, "UBOSS")]


def test_an_admin_of_the_manufacturer_may_be_an_editor_too(database: Database) -> None:
    appoint(database, INES)
    with database.transaction() as session:
        assert editors.require_editor(session, INES, ADMINS) == INES


@pytest.mark.parametrize(
    ("who", "by", "reason"),
    [
        (TOM, INES, "not of the manufacturer"),
        (ANNA, INES, "not of the manufacturer"),
        ("who@image.example", INES, "nobody is known"),
        ("", INES, "nobody is known"),
        (" ", INES, "nobody is known"),
        ("UKIM", INES, "several people are known by this .T1/UKIM, T2/UKIM."),
        ("T3/UKIM", INES, "nobody is known"),
        (KARL, KARL, "is no admin"),
        (KARL, TOM, "is no admin"),
        (KARL, "who@image.example", "nobody is known"),
        (KARL, "", "nobody is known"),
    ],
)
def test_an_appointment_is_refused_with_the_reason(
    database: Database, who: str, by: str, reason: str
) -> None:
    with pytest.raises(EditorRefusedError, match=reason):
        appoint(database, who, by)
    assert known(database) == []


def test_of_several_people_the_workspace_tells_which(database: Database) -> None:
    appoint(database, "T2/UKIM")
    assert known(database) == [("T2/UKIM", INES)]


def test_only_an_admin_dismisses(database: Database) -> None:
    appoint(database, KARL)
    with database.transaction() as session, pytest.raises(EditorRefusedError, match="is no admin"):
        editors.dismiss(session, KARL, KARL, ADMINS)
    assert known(database) == [(KARL, INES)]
    with database.transaction() as session:
        editors.dismiss(session, KARL, INES, ADMINS)
    assert known(database) == []


def test_who_is_no_editor_cannot_be_dismissed(database: Database) -> None:
    with database.transaction() as session, pytest.raises(EditorRefusedError, match="is no editor"):
        editors.dismiss(session, KARL, INES, ADMINS)


def test_whoever_is_removed_from_the_directory_is_no_editor_any_more(database: Database) -> None:
    appoint(database, KARL)
    with database.transaction() as session:
        session.delete(session.exec(select(PersonRow).where(PersonRow.email == KARL)).one())
    assert known(database) == []


def test_who_left_the_manufacturer_is_listed_as_not_counting(database: Database) -> None:
    appoint(database, KARL)
    with database.transaction() as session:
        session.exec(select(PersonRow).where(PersonRow.email == KARL)).one().company_id = None
    with database.transaction() as session:
        assert [editor.counts for editor in editors.appointed(session)] == [False]
