import pytest
from sqlmodel import col, select

from bot.domain.arrival import Asked
from bot.domain.manners import Address, ChannelMode
from bot.domain.matching.match import Decision
from bot.services import inbox
from bot.services.bot import Bot
from bot.services.inbox import Considered
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import ChannelRow, InboxRow, OutboxRow, QuestionRow
from tests.builders import TEAM, ScriptedMatcher, asked, match, scheme
from tests.fakes import HandClock

NAMED = "Anna Müller, geb. 12.03.2010: how do I back up the database?"
HINT = "who a patient is"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def bot(clock: HandClock) -> Bot:
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock)


def in_channel(text: str = NAMED, address: Address = Address.MENTION, **changes: str) -> Asked:
    return asked(text, address=address, channel_id="C0HELP", **changes)


def settle(
    database: Database, bot: Bot, arrival: Asked, considered: Considered | None = None
) -> list[OutboxRow]:
    """Let a message arrive and have its effect; return what is said."""
    with database.transaction() as session:
        inbox.receive(session, bot, [arrival])
        for work in inbox.take(session, bot, 9):
            inbox.settle(session, bot, [(work, considered or Considered())])
        return list(session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all())


def set_mode(database: Database, mode: ChannelMode) -> None:
    with database.transaction() as session:
        session.merge(ChannelRow(workspace_id=TEAM, channel_id="C0HELP", mode=mode))


def stored_texts(database: Database) -> list[str | None]:
    with database.transaction() as session:
        return list(session.exec(select(QuestionRow.text)).all())


@pytest.mark.parametrize("address", [Address.MENTION, Address.OVERHEARD])
def test_where_others_read_along_the_question_is_answered_hinted_at_and_not_kept(
    database: Database, bot: Bot, address: Address
) -> None:
    set_mode(database, ChannelMode.LISTEN)
    answer, hint = settle(database, bot, in_channel(address=address))
    assert "Database backup" in answer.content["text"]
    assert hint.method == "chat.postEphemeral"
    assert hint.content["user"] == asked().user.user_id
    assert HINT in hint.content["text"]
    assert stored_texts(database) == [None]
    with database.transaction() as session:
        assert session.exec(select(InboxRow)).one().content == {}


@pytest.mark.parametrize("address", [Address.DIRECT, Address.COMMAND])
def test_where_nobody_reads_along_there_is_no_hint_and_the_text_is_kept(
    database: Database, bot: Bot, address: Address
) -> None:
    (answer,) = settle(database, bot, in_channel(address=address, response_url="https://slack.example/r"))
    assert HINT not in answer.content["text"]
    assert stored_texts(database) == [NAMED]


def test_talk_that_is_no_question_is_hinted_at_too(database: Database, bot: Bot) -> None:
    set_mode(database, ChannelMode.LISTEN)
    silent = Considered(match(Decision.SILENT))
    (hint,) = settle(database, bot, in_channel(address=Address.OVERHEARD), silent)
    assert HINT in hint.content["text"]


def test_in_a_channel_that_is_switched_off_a_mention_gets_both_remarks(database: Database, bot: Bot) -> None:
    set_mode(database, ChannelMode.OFF)
    said = settle(database, bot, in_channel())
    assert ["switched off" in row.content["text"] for row in said] == [True, False]
    assert HINT in said[1].content["text"]


def test_a_channel_that_stopped_listening_meanwhile_gets_nothing(database: Database, bot: Bot) -> None:
    set_mode(database, ChannelMode.LISTEN)
    with database.transaction() as session:
        inbox.receive(session, bot, [in_channel(address=Address.OVERHEARD)])
    set_mode(database, ChannelMode.MENTIONS)
    assert settle(database, bot, in_channel(address=Address.OVERHEARD)) == []


def test_the_hint_stands_in_the_thread_of_the_message(database: Database, bot: Bot) -> None:
    hint = settle(database, bot, in_channel(thread_ts="1690000000.1"))[-1]
    assert hint.content["thread_ts"] == "1690000000.1"


def test_a_message_that_is_set_aside_keeps_everything_but_its_text(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    for arrival in (in_channel(), in_channel("no patient here", message_ts="2.0")):
        with database.transaction() as session:
            inbox.receive(session, bot, [arrival])
    while not are_settled(database):
        with database.transaction() as session:
            for work in inbox.take(session, bot, 2):
                inbox.put_off(session, bot, work)
        clock.advance(minutes=5)
    with database.transaction() as session:
        named, other = session.exec(select(InboxRow).order_by(col(InboxRow.id))).all()
    assert (named.state, named.content["text"], named.content["channel_id"]) == ("failed", "", "C0HELP")
    assert other.content["text"] == "no patient here"


def are_settled(database: Database) -> bool:
    with database.transaction() as session:
        return session.exec(select(InboxRow).where(InboxRow.state == "waiting")).first() is None
