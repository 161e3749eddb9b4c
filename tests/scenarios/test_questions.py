from bot.playground import LocalSlack

SUPPORT = "#support"
GENERAL = "#general"
BOT = "@Signpost"


async def test_a_clear_question_where_it_listens_gets_the_responsible_company(
    slack: LocalSlack,
) -> None:
    anna = slack.person("anna")
    sent = await anna.says("the second PC cannot find the database server since this morning", in_=SUPPORT)
    answer = await anna.sees_answer(sent)
    assert answer.thread_ts == sent.ts
    assert "Server-client connection" in answer.text
    assert "Level 0" in answer.text
    assert "Not this" in answer.labels
    assert "Solved" in answer.labels


async def test_chat_among_people_gets_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    for text in ("lunch?", "thanks, the update went through fine", "good morning everybody"):
        await anna.says(text, in_=SUPPORT)
    await anna.sees_nothing(in_=SUPPORT)


async def test_a_question_in_a_channel_it_does_not_listen_to_gets_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.says("the second PC cannot find the database server", in_=GENERAL)
    await anna.sees_nothing(in_=GENERAL)


async def test_a_mention_is_delivered_twice_and_answered_once(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.mentions("how do I restore the database from yesterday's backup?", in_=GENERAL)
    answer = await anna.sees_answer(sent)
    assert "Image Instruments" in answer.text
    await slack.settled()
    posts = [call for call in slack.calls if call.method == "chat.postMessage"]
    assert len(posts) == 1


async def test_a_direct_message_in_german_is_answered_in_german(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("Datenbank von gestern zurückspielen?", in_=BOT)
    answer = await anna.sees_answer(sent)
    assert "Datenbank-Wiederherstellung" in answer.text
    assert "Level 1" in answer.text
    assert "Image Instruments" in answer.text


async def test_not_this_offers_the_next_topics_and_the_choice_is_answered(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("the second PC cannot find the database server", in_=BOT)
    answer = await anna.sees_answer(sent)
    await anna.clicks("Not this", on=answer)
    choice = await anna.sees("wrong turn", in_=BOT)
    assert choice.ts == answer.ts
    await anna.picks("Database backup", on=choice)
    again = await anna.sees("Database backup  →", in_=BOT)
    assert again.ts == answer.ts


async def test_solved_is_noted_and_takes_the_buttons_away(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("the second PC cannot find the database server", in_=BOT)
    await anna.clicks("Solved", on=await anna.sees_answer(sent))
    solved = await anna.sees("Marked as solved", in_=BOT)
    assert solved.labels == ()


async def test_an_unknown_person_says_who_sold_the_software_and_is_remembered(slack: LocalSlack) -> None:
    mira = slack.person("mira")
    sent = await mira.says("we need the activation key for OnyxCeph, how do we request it?", in_=BOT)
    answer = await mira.sees_answer(sent)
    assert "your distributor" in answer.text
    await mira.clicks("Which practice am I?", on=answer)
    await mira.sees_modal("Who are you?")
    assert await mira.fills({"Your practice's name": "No such practice"}, submit=True)


async def test_a_mere_thanks_gets_a_reaction(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    sent = await anna.says("thank you so much!", in_=BOT)
    await anna.sees_reaction("blush", on=sent)
    await anna.sees_nothing(in_=BOT)


async def test_the_command_answers_the_person_alone(slack: LocalSlack) -> None:
    anna, tom = slack.person("anna"), slack.person("tom")
    await anna.runs("/support the second PC cannot find the database server", in_=GENERAL)
    answer = await anna.sees("Server-client connection", in_=GENERAL)
    assert answer.is_ephemeral
    await tom.sees_nothing(in_=GENERAL)


async def test_the_command_shows_all_topics(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.runs("/support topics", in_=GENERAL)
    shown = await anna.sees("Who helps with what", in_=GENERAL)
    for title in ("Server installation", "Database restore", "Software maintenance", "User support"):
        assert title in shown.text
