"""What the bot does with everything that is not a plain question."""

from bot.app.trial import Trial
from bot.playground import LocalSlack
from bot.storage.database import Database
from bot.storage.tables import metadata

SUPPORT = "#support"
GENERAL = "#general"
BOT = "@Signpost"
QUESTION = "the second PC cannot find the database server"


async def test_a_redelivered_event_is_answered_once(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says(QUESTION, in_=SUPPORT)
    await anna.sees_answer(sent)
    slack.redeliver(attempt=1)
    await slack.settled()
    await anna.says("lunch?", in_=SUPPORT)
    await anna.sees_nothing(in_=SUPPORT)
    assert sum(call.method == "chat.postMessage" for call in slack.calls) == 1


async def test_signs_of_slack_in_a_question_notify_nobody(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says(f"<!channel> {QUESTION} & <b>nothing</b> works <!here>", in_=BOT)
    answer = await anna.sees_answer(sent)
    assert "<!" not in answer.fallback
    assert "Server-client connection" in answer.text


async def test_a_message_of_40000_characters_is_dealt_with(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says(f"{QUESTION} " + "x" * 39_000, in_=BOT)
    assert await anna.sees_answer(sent)


async def test_an_edit_is_not_a_second_question(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("lunch?", in_=SUPPORT)
    await anna.edits(sent, QUESTION)
    await anna.sees_nothing(in_=SUPPORT)


async def test_another_bot_gets_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    slack.bot_says(QUESTION, in_=SUPPORT)
    await anna.says("lunch?", in_=SUPPORT)
    await anna.sees_nothing(in_=SUPPORT)


async def test_a_message_to_somebody_else_gets_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.says(f"@tom {QUESTION}", in_=SUPPORT)
    await anna.sees_nothing(in_=SUPPORT)


async def test_a_thread_between_people_gets_nothing(slack: LocalSlack) -> None:
    anna, tom = slack.person("anna"), slack.person("tom")
    first = await anna.says("lunch?", in_=SUPPORT)
    await tom.says(QUESTION, in_=SUPPORT, thread=first)
    await tom.sees_nothing(in_=SUPPORT)


async def test_somebody_joining_gets_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.leaves(GENERAL)
    await anna.joins(GENERAL)
    await anna.says("here I am", in_=GENERAL)
    await anna.sees_nothing(in_=GENERAL)


async def test_a_hint_at_a_topic_is_chatter_in_the_channel_and_a_question_in_a_mention(
    slack: LocalSlack,
) -> None:
    anna = slack.person("anna")
    await anna.says("the scanner thing", in_=SUPPORT)
    await anna.sees_nothing(in_=SUPPORT)
    sent = await anna.mentions("the scanner thing", in_=SUPPORT)
    answer = await anna.sees_answer(sent)
    assert "Pick the topic" not in answer.text
    assert "image" in answer.text.casefold()


async def test_a_mention_that_is_not_understood_gets_the_picker_and_the_vendor(
    slack: LocalSlack,
) -> None:
    anna = slack.person("anna")
    sent = await anna.mentions("hmm, and what about lunch on Thursday?", in_=GENERAL)
    answer = await anna.sees_answer(sent)
    assert "Pick the topic" in answer.text
    assert "Nord Dental Systeme is your first contact" in answer.text
    await anna.picks("Database backup", on=answer)
    await anna.sees("Database backup", in_=GENERAL)


async def test_a_picture_alone_in_a_direct_message_gets_the_picker(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("", in_=BOT, files=[("screen.png", b"\x89PNG")])
    answer = await anna.sees_answer(sent)
    assert "What is it about?" in answer.text


async def test_a_message_with_a_picture_is_taken_by_its_text(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says(QUESTION, in_=SUPPORT, files=[("screen.png", b"\x89PNG")])
    assert "Server-client connection" in (await anna.sees_answer(sent)).text


async def test_a_clinical_question_is_declined_kindly_where_the_bot_is_asked(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("Should we extract the upper first premolars in this class II patient?", in_=BOT)
    assert "clinical question" in (await anna.sees_answer(sent)).text


async def test_a_clinical_question_in_a_channel_gets_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.says("Should we extract the upper first premolars in this class II patient?", in_=SUPPORT)
    await anna.sees_nothing(in_=SUPPORT)


async def test_help_says_what_the_bot_can_do(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.runs("/support help", in_=GENERAL)
    assert "/support topics" in (await anna.sees("which company helps", in_=GENERAL)).text


async def test_only_an_admin_changes_what_the_bot_does_in_a_channel(slack: LocalSlack) -> None:
    anna, ines = slack.person("anna"), slack.person("ines")
    await anna.runs("/support channel listen", in_=GENERAL)
    await anna.sees("Only an admin of Signpost can change that. Please ask: Ines Krause", in_=GENERAL)
    await ines.runs("/support channel listen", in_=GENERAL)
    await ines.sees("klare Supportfragen", in_=GENERAL)
    sent = await anna.says(QUESTION, in_=GENERAL)
    await anna.sees_answer(sent)


async def test_a_channel_switched_off_sends_people_to_the_direct_message(slack: LocalSlack) -> None:
    anna, ines = slack.person("anna"), slack.person("ines")
    await ines.runs("/support channel off", in_=GENERAL)
    await ines.sees("ausgeschaltet", in_=GENERAL)
    await anna.mentions(QUESTION, in_=GENERAL)
    told = await anna.sees("Write to me directly", in_=GENERAL)
    assert told.is_ephemeral


async def test_an_invitation_is_thanked_for_quietly(slack: LocalSlack) -> None:
    tom = slack.person("tom")
    slack.invite_bot("workshop", by="tom")
    told = await tom.sees("Danke für die Einladung", in_="#workshop")
    assert told.is_ephemeral


async def test_nothing_is_kept_of_what_is_overheard_elsewhere(trial: Trial) -> None:
    anna = trial.slack.person("anna")
    await anna.says("a secret among people", in_=GENERAL)
    sent = await anna.says(QUESTION, in_=SUPPORT)
    await anna.sees_answer(sent)
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        stored = [str(session.execute(table.select()).all()) for table in metadata.sorted_tables]
    database.close()
    assert any("server-client-connection" in rows for rows in stored)
    assert not any("a secret among people" in rows for rows in stored)
