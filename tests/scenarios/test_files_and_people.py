"""What is for a person goes into their conversation with the bot, files too, and once."""

import asyncio
from base64 import b64encode
from typing import Any

import pytest
from sqlmodel import select

from bot.app.trial import Trial
from bot.playground import LocalSlack
from bot.storage.database import Database
from bot.storage.queries import outbox
from bot.storage.tables import OutboxRow

KEY = "to a person"


def queue(trial: Trial, method: str, **content: Any) -> None:
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        outbox.add(
            session,
            key=KEY,
            workspace_id=trial.slack.team_id,
            lane="U",
            method=method,
            content=content,
            now=trial.clock.now(),
        )
    database.close()


async def settled(trial: Trial) -> OutboxRow:
    """Wait until the row is sent or given up."""
    database = Database(trial.settings.database_url)
    try:
        async with asyncio.timeout(10):
            while True:
                with database.transaction() as session:
                    row = session.exec(select(OutboxRow).where(OutboxRow.key == KEY)).one()
                if row.state in ("sent", "failed"):
                    return row
                await asyncio.sleep(0.05)
    finally:
        database.close()


def seen(slack: LocalSlack, words: str) -> int:
    return sum(words in shown.text for shown in slack.person("anna").all_she_sees())


@pytest.mark.parametrize("fault", ["stores_then_hangs_up", "stores_then_breaks"])
async def test_a_direct_message_that_arrived_unnoticed_is_found_and_not_repeated(
    trial: Trial, slack: LocalSlack, fault: str
) -> None:
    getattr(slack.faults, fault)("chat.postMessage")
    queue(trial, "chat.postMessage", channel=slack.person("anna").user_id, text="Your maintenance is due.")
    row = await settled(trial)
    assert (row.state, seen(slack, "maintenance is due")) == ("sent", 1)
    assert row.dispatched_ts


async def test_somebody_whom_slack_does_not_know_is_given_up_at_once(trial: Trial) -> None:
    queue(trial, "chat.postMessage", channel="U0NOBODY", text="Hello")
    row = await settled(trial)
    assert (row.state, row.attempts) == ("failed", 1)


@pytest.mark.parametrize("fault", ["", "stores_then_hangs_up", "stores_then_breaks"])
async def test_a_file_arrives_once_with_its_words(trial: Trial, slack: LocalSlack, fault: str) -> None:
    if fault:
        getattr(slack.faults, fault)("files.completeUploadExternal")
    queue(
        trial,
        "files.upload",
        channel=slack.person("anna").user_id,
        filename="maintenance.ics",
        title="Maintenance",
        text="For your calendar.",
        data=b64encode(b"BEGIN:VCALENDAR").decode(),
    )
    assert (await settled(trial)).state == "sent"
    assert seen(slack, "For your calendar.") == 1
    (stored,) = slack.workspace.files.values()
    assert (stored.name, stored.title, stored.content) == (
        "maintenance.ics",
        "Maintenance",
        b"BEGIN:VCALENDAR",
    )
