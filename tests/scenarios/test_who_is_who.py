"""The same question, asked by different people in different places."""

from sqlmodel import select

from bot.app.trial import Trial
from bot.playground import LocalSlack
from bot.storage.database import Database
from bot.storage.tables import MembershipRow, PersonRow

SUPPORT = "#support"
BOT = "@Signpost"
QUESTION = "the second PC cannot find the database server"


async def test_a_practice_is_sent_to_its_own_contact_at_its_own_vendor(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    answer = await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    assert "Nord Dental Systeme (distributor, Level 0)" in answer.text
    assert "Tom Petersen" in answer.text
    assert "+49 40 66969 117" in answer.text
    assert "For Kieferorthopädie am Markt" in answer.text
    assert "charges for this yearly: EUR 180 plus VAT a year and practice." in answer.text


async def test_a_direct_customer_is_sent_to_the_manufacturer_for_level_0_as_well(slack: LocalSlack) -> None:
    heike = slack.person("heike")
    answer = await heike.sees_answer(
        await heike.says("Der zweite PC findet den Datenbankserver nicht", in_=BOT)
    )
    assert "Image Instruments (Hersteller, Level 0)" in answer.text
    assert "direkt bei Image Instruments gekauft" in answer.text


async def test_in_a_shared_channel_the_answer_says_nothing_of_the_practice(slack: LocalSlack) -> None:
    priya = slack.person("priya")
    answer = await priya.sees_answer(await priya.says(QUESTION, in_=SUPPORT))
    assert "Castle Dental Supplies" in answer.text
    assert "Smile Orthodontics" not in answer.text + answer.fallback
    assert "Oliver" not in answer.text + answer.fallback


async def test_a_distributors_technician_hears_that_the_own_company_is_level_0(slack: LocalSlack) -> None:
    tom = slack.person("tom")
    answer = await tom.sees_answer(await tom.says("customer's client PC does not find the server", in_=BOT))
    assert "Your company is Level 0 here" in answer.text
    assert "hand over to Image Instruments" in answer.text


async def test_a_distributors_technician_hears_where_to_hand_over_a_level_1_topic(slack: LocalSlack) -> None:
    tom = slack.person("tom")
    answer = await tom.sees_answer(
        await tom.says("how do I restore a database from last night's backup?", in_=BOT)
    )
    assert "go to Image Instruments: hand over with what you tried" in answer.text


async def test_an_engineer_who_names_a_practice_hears_its_vendor(slack: LocalSlack) -> None:
    karl = slack.person("karl")
    sent = await karl.says("Northgate Orthodontic Centre: client PC cannot find the database server", in_=BOT)
    answer = await karl.sees_answer(sent)
    assert "for this practice that is Castle Dental Supplies" in answer.text
    assert "For Northgate Orthodontic Centre" in answer.text


async def test_a_distributor_learns_nothing_of_another_distributors_practice(slack: LocalSlack) -> None:
    tom = slack.person("tom")
    sent = await tom.says("Northgate Orthodontic Centre: client PC cannot find the database server", in_=BOT)
    answer = await tom.sees_answer(sent)
    assert "Castle" not in answer.text
    assert "For Northgate" not in answer.text


async def test_maintenance_names_image_instruments_and_whoever_bills(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    answer = await anna.sees_answer(await anna.says("what does the yearly maintenance fee cost?", in_=BOT))
    assert "Software maintenance" in answer.text
    assert "Image Instruments" in answer.text
    assert "charged by Nord Dental Systeme" in answer.text
    assert "EUR 99 plus VAT" in answer.text


async def test_a_practice_without_a_support_partner_hears_of_all_of_them(slack: LocalSlack) -> None:
    mira = slack.person("mira")
    answer = await mira.sees_answer(await mira.says("is there a training course for beginners?", in_=BOT))
    assert "Bracketwise Training and Ceph-Akademie München" in answer.text


async def test_an_unknown_person_says_who_sold_it_and_is_remembered(slack: LocalSlack) -> None:
    mira = slack.person("mira")
    answer = await mira.sees_answer(await mira.says(QUESTION, in_=BOT))
    assert "your distributor (Level 0)" in answer.text
    await mira.clicks("Which practice am I?", on=answer)
    await mira.sees_modal("Who are you?")
    await mira.fills({"Who sold you OnyxCeph?": "Castle Dental Supplies"})
    renewed = await mira.sees("Castle Dental Supplies (distributor, Level 0)", in_=BOT)
    assert renewed.ts == answer.ts
    second = await mira.sees_answer(await mira.says("how do I set up the backup of the database?", in_=BOT))
    assert "Castle Dental Supplies" in second.text


async def test_a_wrong_practice_name_is_refused_in_the_form_and_nothing_is_kept(slack: LocalSlack) -> None:
    mira = slack.person("mira")
    answer = await mira.sees_answer(await mira.says(QUESTION, in_=BOT))
    await mira.clicks("Which practice am I?", on=answer)
    await mira.sees_modal("Who are you?")
    name = "Your practice's name"
    for wrong in ("No such practice", "kieferorthopädie AM markt"):
        complaints = await mira.fills({name: wrong})
        assert complaints is not None
        assert "exactly this name" in complaints[name]
    assert await mira.fills({name: " "}) is not None


async def test_a_practice_that_somebody_claims_stays_unconfirmed(trial: Trial) -> None:
    mira = trial.slack.person("mira")
    answer = await mira.sees_answer(await mira.says(QUESTION, in_=BOT))
    await mira.clicks("Which practice am I?", on=answer)
    await mira.sees_modal()
    assert await mira.fills({"Your practice's name": "Northgate Orthodontic Centre"}) is None
    await mira.sees("Castle Dental Supplies", in_=BOT)
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        query = select(MembershipRow).join(PersonRow).where(PersonRow.email == "mira@elsewhere.example")
        assert session.exec(query).one().confirmed_at is None
    database.close()


async def test_what_the_bot_knows_about_somebody_can_be_asked(slack: LocalSlack) -> None:
    anna, mira, tom = slack.person("anna"), slack.person("mira"), slack.person("tom")
    await anna.runs("/support practice", in_=SUPPORT)
    await anna.sees("You belong to Kieferorthopädie am Markt", in_=SUPPORT)
    await tom.runs("/support practice", in_=SUPPORT)
    await tom.sees("Sie gehören zu Nord Dental Systeme", in_=SUPPORT)
    await mira.runs("/support practice", in_=SUPPORT)
    told = await mira.sees("I do not know yet which practice is yours", in_=SUPPORT)
    await mira.clicks("Which practice am I?", on=told)
    await mira.sees_modal()
    await mira.fills({"Who sold you OnyxCeph?": "Alpine Ortho"})
    await mira.sees("You told me that Alpine Ortho is your vendor", in_=SUPPORT)


async def test_a_stranger_cannot_judge_somebody_elses_answer(slack: LocalSlack) -> None:
    anna, priya = slack.person("anna"), slack.person("priya")
    answer = await anna.sees_answer(await anna.says(QUESTION, in_=SUPPORT))
    await priya.clicks("Not this", on=answer)
    told = await priya.sees("Only the person who asked", in_=SUPPORT)
    assert told.is_ephemeral
    assert "Not this" in (await anna.sees("Server-client connection", in_=SUPPORT)).labels


async def test_a_colleague_may_judge_the_answer(slack: LocalSlack) -> None:
    anna, jonas = slack.person("anna"), slack.person("jonas")
    answer = await anna.sees_answer(await anna.says(QUESTION, in_=SUPPORT))
    await jonas.clicks("Solved", on=answer)
    await anna.sees("Marked as solved", in_=SUPPORT)
