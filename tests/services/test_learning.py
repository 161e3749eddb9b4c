"""Nothing is learned without the yes of an editor, and who said it and when is kept."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.domain.arrival import Press
from bot.domain.keeping import Keep
from bot.domain.learning import LearnedPhrase, with_learned
from bot.domain.scheme import Language
from bot.services import editors, inbox, learning
from bot.services.bot import Bot
from bot.services.editors import EditorRefusedError
from bot.services.forgetting import retention
from bot.services.inbox import Considered
from bot.services.learning import SuggestionRefusedError, Wish
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, JudgedQuestionRow, LearnedPhraseRow, PersonRow, QuestionRow
from tests.builders import ANNA, ScriptedMatcher, asked, pressed, scheme
from tests.fakes import HandClock

ADMINS = frozenset({"ines@image.example"})
INES, KARL, TOM = "ines@image.example", "karl@image.example", "tom@nord.example"
TEXT = "bring back what we had last week"
RESTORE = "database-restore"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def bot(clock: HandClock) -> Bot:
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock, admins=ADMINS)


@pytest.fixture(autouse=True)
def _staff(database: Database, clock: HandClock) -> None:
    """Ines and Karl are of the manufacturer, Tom is of a distributor; Ines is admin, Karl is editor."""
    with database.transaction() as session:
        maker = CompanyRow(slug="image", name="Image", role="manufacturer")
        nord = CompanyRow(slug="nord", name="Nord", role="distributor")
        session.add_all([maker, nord])
        session.flush()
        for email, company in ((INES, maker), (KARL, maker), (TOM, nord)):
            session.add(PersonRow(email=email, name=email.split("@")[0].title(), company_id=company.id))
        session.flush()
        editors.appoint(session, clock, KARL, INES, ADMINS)


def ask_and_pick(
    database: Database, bot: Bot, text: str = TEXT, topic: str = RESTORE, number: int = 1
) -> int:
    """Let Anna ask, miss the answer and pick a topic; return the question's key."""
    with database.transaction() as session:
        _settle(session, bot, asked(text, message_ts=f"{number}.0"))
        question = session.exec(select(QuestionRow).where(QuestionRow.message_ts == f"{number}.0")).one()
        assert question.id is not None
        for press in (Press.NOT_THIS, Press.TOPIC):
            button = pressed(press, question.id, user=ANNA, topic=topic, action_ts=f"{number}.{press}")
            _settle(session, bot, button)
        return question.id


def _settle(session: Session, bot: Bot, arrival: Any) -> None:
    inbox.receive(session, bot, [arrival])
    for work in inbox.take(session, bot, 1):
        inbox.settle(session, bot, [(work, Considered())])


def open_ids(database: Database) -> list[tuple[int, ...]]:
    with database.transaction() as session:
        return [found.question_ids for found in learning.suggestions(session, scheme())]


def accept(database: Database, clock: HandClock, suggestion_id: int, by: str = KARL, **wish: Any) -> None:
    with database.transaction() as session:
        learning.accept(session, clock, scheme(), Wish(suggestion_id, by, **wish), ADMINS)


def refuse(database: Database, clock: HandClock, suggestion_id: int, by: str = KARL) -> bool:
    with database.transaction() as session:
        return learning.refuse(session, clock, scheme(), suggestion_id, by, ADMINS)


def learned(database: Database) -> tuple[LearnedPhrase, ...]:
    with database.transaction() as session:
        return learning.accepted(session)


def judgement(database: Database) -> LearnedPhraseRow:
    with database.transaction() as session:
        return session.exec(select(LearnedPhraseRow)).one()


def test_the_topic_picked_after_a_miss_is_suggested_and_not_learned(database: Database, bot: Bot) -> None:
    key = ask_and_pick(database, bot)
    with database.transaction() as session:
        (found,) = learning.suggestions(session, scheme())
    assert (found.id, found.topic, found.text) == (key, RESTORE, TEXT)
    assert learned(database) == ()


def test_an_accepted_phrase_is_kept_with_who_and_when(database: Database, bot: Bot, clock: HandClock) -> None:
    key = ask_and_pick(database, bot)
    accept(database, clock, key)
    assert learned(database) == (LearnedPhrase(RESTORE, Language.EN, TEXT),)
    row = judgement(database)
    assert (row.accepted_by, row.accepted_at, row.question_id) == (KARL, clock.now(), key)
    assert (row.refused_by, row.refused_at) == ("", None)
    assert open_ids(database) == []
    assert TEXT in with_learned(scheme(), learned(database)).topic(RESTORE).phrases[Language.EN]


def test_an_editor_may_say_another_topic_other_words_and_the_language(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    key = ask_and_pick(database, bot)
    accept(
        database,
        clock,
        key,
        topic="database-backup",
        text="alles von letzter\n Woche holen",
        language=Language.DE,
    )
    expected = LearnedPhrase("database-backup", Language.DE, "alles von letzter Woche holen")
    assert learned(database) == (expected,)


def test_a_refusal_keeps_who_and_when_and_no_text(database: Database, bot: Bot, clock: HandClock) -> None:
    key = ask_and_pick(database, bot)
    assert refuse(database, clock, key) is False
    row = judgement(database)
    assert (row.refused_by, row.refused_at, row.text) == (KARL, clock.now(), "")
    assert row.accepted_at is None
    assert learned(database) == ()
    assert open_ids(database) == []


def test_what_was_refused_is_not_suggested_again_in_nearly_the_same_words(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    refuse(database, clock, ask_and_pick(database, bot))
    ask_and_pick(database, bot, "Bring back what we had, last week!", number=2)
    assert open_ids(database) == []


def test_all_questions_of_a_suggestion_are_judged_together(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    first = ask_and_pick(database, bot)
    second = ask_and_pick(database, bot, "Bring back what we had, last week!", number=2)
    assert open_ids(database) == [(first, second)]
    accept(database, clock, second, text="something else entirely")
    assert open_ids(database) == []
    with database.transaction() as session:
        assert {row.question_id for row in session.exec(select(JudgedQuestionRow)).all()} == {first, second}


def test_what_is_asked_like_it_later_is_suggested_again(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    accept(database, clock, ask_and_pick(database, bot))
    later = ask_and_pick(database, bot, TEXT + " please now", number=2)
    assert open_ids(database) == [(later,)]


def test_an_accepted_phrase_can_be_taken_back_and_loses_its_text(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    key = ask_and_pick(database, bot)
    accept(database, clock, key)
    clock.advance(hours=1)
    assert refuse(database, clock, key) is True
    row = judgement(database)
    assert (row.accepted_by, row.refused_by, row.text) == (KARL, KARL, "")
    assert row.refused_at == clock.now()
    assert learned(database) == ()
    with pytest.raises(SuggestionRefusedError, match="was refused by karl@image"):
        refuse(database, clock, key)


@pytest.mark.parametrize("by", [INES, TOM, "nobody@image.example", ""])
def test_only_the_word_of_an_editor_counts(database: Database, bot: Bot, clock: HandClock, by: str) -> None:
    key = ask_and_pick(database, bot)
    with pytest.raises(EditorRefusedError):
        accept(database, clock, key, by)
    with pytest.raises(EditorRefusedError):
        refuse(database, clock, key, by)
    assert learned(database) == ()
    assert len(open_ids(database)) == 1


def test_a_dismissed_editor_decides_no_more_and_what_was_accepted_stays(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    accept(database, clock, ask_and_pick(database, bot))
    with database.transaction() as session:
        editors.dismiss(session, KARL, INES, ADMINS)
    with pytest.raises(EditorRefusedError, match="is no editor"):
        accept(database, clock, ask_and_pick(database, bot, "our x-rays have vanished", number=2))
    assert len(learned(database)) == 1


def test_an_editor_who_left_the_manufacturer_decides_no_more(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    key = ask_and_pick(database, bot)
    with database.transaction() as session:
        nord = session.exec(select(CompanyRow).where(CompanyRow.slug == "nord")).one()
        session.exec(select(PersonRow).where(PersonRow.email == KARL)).one().company_id = nord.id
    with pytest.raises(EditorRefusedError, match="not of the manufacturer any more"):
        accept(database, clock, key)


def forget_questions(database: Database, bot: Bot) -> None:
    with database.transaction() as session:
        rule = next(rule for rule in retention.RULES if rule.name == "questions")
        retention.forget(session, bot, Keep(text=timedelta(days=30)), rule)


def test_text_that_was_forgotten_cannot_be_learned(database: Database, bot: Bot, clock: HandClock) -> None:
    key = ask_and_pick(database, bot)
    clock.advance(days=31)
    forget_questions(database, bot)
    assert open_ids(database) == []
    with pytest.raises(SuggestionRefusedError, match="is no open suggestion"):
        accept(database, clock, key)


def test_an_accepted_phrase_outlives_the_text_of_its_question(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    accept(database, clock, ask_and_pick(database, bot))
    clock.advance(days=31)
    forget_questions(database, bot)
    assert [phrase.text for phrase in learned(database)] == [TEXT]


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"topic": "abolished"}, "no such topic; use one of"),
        ({"text": "?!"}, "no word is left"),
        ({"text": "word " * 61}, "304 characters are too many"),
        ({"text": "How do I apply the license file we got from the dealer?"}, "stands at activation already"),
    ],
)
def test_a_phrase_that_cannot_be_learned_is_refused_with_the_reason(
    database: Database, bot: Bot, clock: HandClock, wish: dict[str, str], reason: str
) -> None:
    key = ask_and_pick(database, bot)
    with pytest.raises(SuggestionRefusedError, match=reason):
        accept(database, clock, key, **wish)
    assert learned(database) == ()


def test_where_nobody_said_the_topic_the_editor_must(database: Database, bot: Bot, clock: HandClock) -> None:
    with database.transaction() as session:
        _settle(session, bot, asked(TEXT))
        question = session.exec(select(QuestionRow)).one()
        _settle(session, bot, pressed(Press.NOT_THIS, question.id or 0, user=ANNA))
    with pytest.raises(SuggestionRefusedError, match="say it with --topic"):
        accept(database, clock, question.id or 0)
    accept(database, clock, question.id or 0, topic=RESTORE)
    assert learned(database)[0].topic == RESTORE
