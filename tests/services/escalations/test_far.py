"""A practice in one workspace, its distributor in another: no link leads where its reader cannot go."""

import pytest
from msgspec.structs import replace
from sqlmodel import select

from bot.domain.arrival import FileWanted
from bot.domain.network import Contact, SlackChannel, SlackUser, shown_in
from bot.services.escalations import composing
from bot.services.escalations.submitting import thread_at
from bot.storage.database import Database
from bot.storage.tables import BridgedMessageRow, EscalationRow, EscalationThreadRow
from tests.bridging import Threads
from tests.escalations import TEAM, World

FAR = "T0FAR"
LINK = "https://practices.slack.example/archives/C1/p1"


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


def move_company(world: World, key: int, workspace_id: str) -> None:
    """Let the company have its side of an escalation in another workspace."""
    with world.database.transaction() as session:
        query = select(EscalationThreadRow).where(EscalationThreadRow.side != "requester")
        for thread in session.exec(query).all():
            thread.workspace_id = workspace_id
        session.get_one(EscalationRow, key).link = LINK


def card_link(world: World, key: int) -> str:
    with world.database.transaction() as session:
        row = session.get_one(EscalationRow, key)
        return composing.card(session, world.bot, row, row.company_id).link


def test_the_question_s_link_is_on_the_card_only_in_its_own_workspace(world: World) -> None:
    key = world.open()
    move_company(world, key, TEAM)
    assert card_link(world, key) == LINK
    move_company(world, key, FAR)
    assert card_link(world, key) == ""


def test_a_contact_is_shown_without_a_place_that_cannot_be_opened() -> None:
    tom = Contact("Tom", "tom@nord.example", slack=SlackUser(FAR, "UTOM"))
    channel = replace(tom, slack=SlackChannel(FAR, "C0NORD"))
    for contact in (tom, channel):
        assert shown_in(contact, FAR) == contact
        assert shown_in(contact, "") == contact
        assert shown_in(contact, TEAM) == replace(contact, slack=None)


def test_where_the_thread_is_is_told_only_in_its_own_workspace(world: World) -> None:
    key = world.open()
    with world.database.transaction() as session:
        assert thread_at(session, key, TEAM) != ("", "")
        assert thread_at(session, key, FAR) == ("", "")


def test_a_file_is_shown_only_to_whoever_presses_in_its_own_workspace(world: World) -> None:
    threads = Threads(world)
    world.open()
    threads.deliver()
    threads.says("anna", "UANNA", "See this", "ceph.png")
    (button,) = threads.buttons("CNORD")
    with world.database.transaction() as session:
        written = session.exec(select(BridgedMessageRow).where(BridgedMessageRow.outbox_key == "")).one()
        written.workspace_id = FAR
    message_id, number = button["value"].split()
    pressed = FileWanted(TEAM, SlackUser(TEAM, "UTOM"), "CNORD", "1", "2", int(message_id), int(number))
    threads.arrives(pressed)
    threads.arrives(replace(pressed, workspace_id=FAR, action_ts="3"))
    first, second = (str(whisper["blocks"]) for whisper in threads.whispers)
    assert "ceph.png" not in first
    assert "ceph.png" in second
