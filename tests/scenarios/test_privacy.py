"""A patient's name where others read along: a quiet hint, an answer, and nothing kept."""

from sqlmodel import select

from bot.app.trial import Trial
from bot.playground import LocalSlack
from bot.storage.database import Database
from bot.storage.tables import InboxRow, OutboxRow, QuestionRow

SUPPORT = "#support"
GENERAL = "#general"
BOT = "@Signpost"
QUESTION = "the second PC cannot find the database server"
PICTURE = ("screen.png", b"\x89PNG")


def kept(trial: Trial) -> str:
    """Return all that the bot's tables hold of messages."""
    database = Database(trial.settings.database_url)
    try:
        with database.transaction() as session:
            texts: list[object] = list(session.exec(select(QuestionRow.text)).all())
            texts += session.exec(select(InboxRow.content)).all()
            texts += session.exec(select(OutboxRow.content)).all()
    finally:
        database.close()
    return repr(texts)


async def test_a_birth_date_in_a_channel_is_answered_and_hinted_at_for_the_writer_alone(trial: Trial) -> None:
    anna, tom = trial.slack.person("anna"), trial.slack.person("tom")
    sent = await anna.says(f"{QUESTION}, patient Emily Quarto born 12 March 2010 is open there", in_=SUPPORT)
    hint = await anna.sees("please delete it", in_=SUPPORT)
    assert hint.is_ephemeral
    assert "your contact directly" in hint.text
    answer = await anna.sees("Server-client connection", in_=SUPPORT, thread=sent)
    assert "Quarto" not in answer.text
    assert not any("please delete it" in shown.text for shown in tom.all_she_sees(SUPPORT))
    await trial.slack.settled()
    assert "Quarto" not in kept(trial)


async def test_a_german_mention_is_hinted_at_in_german(slack: LocalSlack) -> None:
    tom = slack.person("tom")
    await tom.mentions(
        "Patientin Lena Groß, geb. 04.05.2009: Datenbank von gestern zurückspielen?", in_=GENERAL
    )
    hint = await tom.sees("bitte löschen Sie sie", in_=GENERAL)
    assert hint.is_ephemeral
    assert await tom.sees("Datenbank-Wiederherstellung", in_=GENERAL)


async def test_a_patient_s_name_beside_a_picture_is_hinted_at(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.says(f"{QUESTION}, see patient Miller", in_=SUPPORT, files=[PICTURE])
    assert (await anna.sees("please delete it", in_=SUPPORT)).is_ephemeral


async def test_a_screenshot_without_a_patient_is_just_answered(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says(f"{QUESTION} since the update of 12.03.2019", in_=SUPPORT, files=[PICTURE])
    await anna.sees_answer(sent)
    await slack.settled()
    assert not any("delete it" in shown.text for shown in anna.all_she_sees(SUPPORT))


async def test_in_a_direct_message_there_is_no_hint(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.sees_answer(await anna.says(f"{QUESTION}, patient Miller, born 12 March 2010", in_=BOT))
    await slack.settled()
    assert not any("delete it" in shown.text for shown in anna.all_she_sees(BOT))


async def test_where_the_bot_does_not_listen_nothing_happens(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.says("patient Miller, born 12 March 2010", in_=GENERAL)
    await anna.sees_nothing(in_=GENERAL)
