"""A channel shared with another organisation (Slack Connect): its people get help, and learn of nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.trial import Trial
from bot.playground import LocalSlack, Seed, SeedChannel, SeedPerson
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.tables import ChannelRow, ContactRow
from tests.scenarios.conftest import Stage, serving

BOT, NETWORK = "@Signpost", "#network"
QUESTION = "The client does not find the server any more"
HAPPENED, REACH = "What happened?", "How can you be reached?"
ROSA = SeedPerson("rosa", "Rosa Fremd", "rosa@other-lab.example", is_external=True)
SECRETS = ("ESC-", "OC-10417", "Kieferorthopädie am Markt", "+49 40 66969 301")
"""What belongs to a practice: its escalations, licences and name, and how to reach its people."""


@pytest.fixture
async def trial(tmp_path: Path, stage: Stage) -> AsyncIterator[Trial]:
    members = ("anna", "tom", "karl", "ines", "priya", "rosa")
    guests = Seed((ROSA,), (SeedChannel("network", members, is_shared=True),))
    async with stage.open(tmp_path, guests=guests) as opened, serving(opened):
        yield opened


def shown_in_network(slack: LocalSlack, handle: str) -> str:
    """Return all that the bot shows somebody in the shared channel."""
    shown = slack.person(handle).all_she_sees(NETWORK)
    return "\n".join(f"{one.text} {one.fallback} {one.message.blocks}" for one in shown if one.message.bot_id)


async def test_a_mention_leads_an_outsider_to_the_form_and_nothing_of_it_to_the_channel(
    slack: LocalSlack,
) -> None:
    rosa, karl = slack.person("rosa"), slack.person("karl")
    offer = await rosa.sees_answer(await rosa.mentions(f"escalate {QUESTION}", in_=NETWORK))
    assert "ESC-" not in offer.text
    await rosa.clicks("Escalate", on=offer)
    form = await rosa.sees_modal("Escalate")
    assert QUESTION in str(form.view.values)
    for secret in SECRETS:
        assert secret not in form.text
    wanted = {HAPPENED: "All PCs lost it", REACH: "+44 20 7946 0000"}
    assert await rosa.fills(wanted) is None
    assert "ESC-" in (await rosa.sees_modal("Escalated")).text
    await rosa.sees("-0001", in_=BOT)
    await karl.sees("All PCs lost it", in_=BOT, within=10)
    for handle in ("rosa", "anna"):
        assert "ESC-" not in shown_in_network(slack, handle)
        assert "+44 20 7946 0000" not in shown_in_network(slack, handle)


async def test_what_a_practice_escalates_there_stays_between_it_and_its_distributor(
    slack: LocalSlack,
) -> None:
    anna, tom, rosa = slack.person("anna"), slack.person("tom"), slack.person("rosa")
    answer = await anna.sees_answer(await anna.mentions(QUESTION, in_=NETWORK))
    await rosa.clicks("Escalate", on=answer)
    refused = await rosa.sees_modal("Nothing was opened")
    assert not [secret for secret in SECRETS if secret in refused.text]
    await rosa.closes_modal()
    await anna.clicks("Escalate", on=answer)
    await anna.sees_modal("Escalate")
    assert await anna.fills({HAPPENED: "Both PCs lost it", REACH: "+49 40 66969 301"}) is None
    await anna.sees_modal("Escalated")
    receipt = await anna.sees("-0001", in_=BOT)
    card = await tom.sees("Both PCs lost it", in_=BOT, within=10)
    await tom.clicks("Übernehmen", on=card)
    await anna.sees("has taken", in_=BOT)
    await anna.says("It is urgent", in_=BOT, thread=receipt)
    await tom.sees("It is urgent", in_=BOT)
    await rosa.clicks("Escalate", on=answer)
    refused = await rosa.sees_modal("Nothing was opened")
    assert "ESC-" not in refused.text
    await rosa.clicks("Solved", on=answer)
    told = await rosa.sees("Only the person who asked", in_=NETWORK)
    assert told.is_ephemeral
    for handle in ("rosa", "anna", "tom"):
        assert not [secret for secret in SECRETS if secret in shown_in_network(slack, handle)]


async def test_a_company_s_shared_channel_gets_no_card(trial: Trial, slack: LocalSlack) -> None:
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        place = (slack.team_id, slack.channel_id(NETWORK))
        session.merge(ChannelRow(workspace_id=place[0], channel_id=place[1], name="network", is_shared=True))
        contact = ContactRow(
            company_id=directory.company_id(session, "nord-dental") or 0,
            rank=0,
            name="Everybody",
            is_public=False,
            slack_workspace_id=place[0],
            slack_channel_id=place[1],
        )
        session.add(contact)
    database.close()
    anna, tom = slack.person("anna"), slack.person("tom")
    await anna.runs("/escalate The server is down", in_=NETWORK)
    await anna.sees_modal("Escalate")
    assert await anna.fills({HAPPENED: "Both PCs lost it", REACH: "+49 40 66969 301"}) is None
    await tom.sees("Both PCs lost it", in_=BOT, within=10)
    assert not [secret for secret in SECRETS if secret in shown_in_network(slack, "rosa")]
