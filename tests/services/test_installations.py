"""Workspaces join, are admitted and leave, on both engines; a state is good once and soon."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain.installation import Installation
from bot.domain.network import SlackUser
from bot.services import installations, people
from bot.services.people import Profile
from bot.storage.database import Database
from bot.storage.schema import upgrade
from bot.storage.seal import Seal, SealBrokenError, new_key
from bot.storage.tables import InstallationRow, OAuthStateRow, PersonRow
from tests.builders import MORNING

NEW = Installation("T1", "Practices", "xoxb-one", "U0BOT", "B0BOT", "chat:write", "U0ANNA")
SECOND = timedelta(seconds=1)


@pytest.fixture
def house(database: Database) -> Database:
    upgrade(database)
    return database


@pytest.fixture
def seal() -> Seal:
    return Seal([new_key()])


def join(house: Database, seal: Seal, new: Installation = NEW) -> None:
    house.run(lambda session: installations.join(session, seal, new, MORNING))


def test_a_workspace_is_found_with_its_token_which_lies_sealed(house: Database, seal: Seal) -> None:
    join(house, seal)
    assert house.run(lambda session: installations.find(session, seal, "T1")) == NEW
    assert house.run(lambda session: installations.find(session, seal, "T2")) is None
    (row,) = house.run(lambda session: session.exec(select(InstallationRow)).all())
    assert "xoxb" not in row.model_dump_json()
    assert "xoxb" not in repr(NEW)


def test_installed_again_it_has_the_new_token_and_stays_admitted(house: Database, seal: Seal) -> None:
    join(house, seal)
    assert house.run(lambda session: installations.admit(session, "T1", MORNING))
    join(house, seal, replace(NEW, token="xoxb-two"))
    found = house.run(lambda session: installations.find(session, seal, "T1"))
    assert found is not None
    assert found.token == "xoxb-two"
    (joined,) = house.run(installations.joined)
    assert joined.admitted_at == MORNING


def test_what_ended_before_it_was_installed_again_does_not_end_it(house: Database, seal: Seal) -> None:
    join(house, seal)
    assert not house.run(lambda session: installations.leave(session, "T1", MORNING - 2 * SECOND))
    assert house.run(lambda session: installations.leave(session, "T1", MORNING + SECOND))
    assert not house.run(lambda session: installations.leave(session, "T1"))
    assert house.run(installations.joined) == ()


def test_one_that_is_not_there_cannot_be_admitted(house: Database) -> None:
    assert not house.run(lambda session: installations.admit(session, "T1", MORNING))


def test_addresses_count_only_from_a_workspace_that_was_admitted(house: Database, seal: Seal) -> None:
    join(house, seal)
    karl = Profile("Karl", "Karl@Image.example")
    with house.transaction() as session:
        session.add(PersonRow(name="Karl Winter", email="karl@image.example"))

    def meet(workspace_id: str, user_id: str) -> tuple[str, int]:
        with house.transaction() as session:
            person = people.meet(session, SlackUser(workspace_id, user_id), MORNING, karl)
            return person.email, person.id or 0

    assert meet("T1", "U0FAKE") == ("", 2)
    assert meet("T0HOME", "U0KARL") == ("karl@image.example", 1)
    house.run(lambda session: installations.admit(session, "T1", MORNING))
    with house.transaction() as session:
        fake, real = SlackUser("T1", "U0FAKE"), SlackUser("T0HOME", "U0KARL")
        assert people.to_look_up(session, [fake, real], MORNING) == {fake}
    assert meet("T1", "U0FAKE") == ("karl@image.example", 2)


def test_tokens_that_no_key_opens_are_named_and_others_are_sealed_anew(house: Database) -> None:
    old, new = new_key(), new_key()
    join(house, Seal([old]))
    only_new = Seal([new])
    assert house.run(lambda session: installations.unreadable(session, only_new, SealBrokenError)) == (
        "Practices",
    )
    both = Seal([new, old])
    assert house.run(lambda session: installations.unreadable(session, both, SealBrokenError)) == ()
    assert house.run(lambda session: installations.seal_again(session, both)) == 1
    assert house.run(lambda session: installations.unreadable(session, only_new, SealBrokenError)) == ()


def test_a_state_is_good_once_and_for_ten_minutes(house: Database) -> None:
    def begin() -> str:
        return house.run(lambda session: installations.begin(session, MORNING))

    def finish(state: str, after: timedelta) -> bool:
        return house.run(lambda session: installations.finish(session, state, MORNING + after))

    first, second = begin(), begin()
    assert first != second
    assert finish(first, installations.STATE_LASTS - SECOND)
    assert not finish(first, timedelta())
    assert not finish(second, installations.STATE_LASTS)
    assert not finish("made up", timedelta())
    rows = house.run(lambda session: session.exec(select(OAuthStateRow)).all())
    assert second not in " ".join(row.digest for row in rows)
    later = MORNING + installations.STATE_LASTS
    house.run(lambda session: installations.begin(session, later))
    assert len(house.run(lambda session: session.exec(select(OAuthStateRow)).all())) == 1


def test_of_two_who_come_back_with_one_state_at_once_one_gets_in(house: Database) -> None:
    state = house.run(lambda session: installations.begin(session, MORNING))

    def finish(_: int) -> bool:
        return house.run(lambda session: installations.finish(session, state, MORNING))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(finish, range(4))) == [False, False, False, True]
