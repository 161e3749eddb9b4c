"""The whole bot in one process: ready when it is, told when it is not, and stopped with nothing half done."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec.structs import replace
from pydantic import SecretStr

from bot.app.matching import matcher_of
from bot.app.parts import open_database
from bot.app.service import serve
from bot.app.trial import Trial, open_trial
from bot.domain.matching.matcher import Matcher
from bot.services import installations
from bot.settings import Settings, SettingsError, load_settings
from bot.storage.database import Database
from bot.storage.seal import Seal, new_key
from tests.builders import MORNING
from tests.scenarios.network import free_port
from tests.services.test_installations import NEW
from tests.serving import bot_serving


@asynccontextmanager
async def running(trial: Trial, http_port: int | None = None) -> AsyncIterator[None]:
    """Run the bot in a trial until the block ends."""
    reached_at = partial(setattr, trial.slack, "request_url")
    async with bot_serving(trial.settings, trial.clock, http_port, reached_at):
        yield


def watched(trial: Trial, port: int | None = None) -> tuple[Trial, str]:
    """Return the trial with an address for machines, and that address."""
    address = f"127.0.0.1:{port or free_port()}"
    settings = trial.settings.model_copy(update={"status_address": address})
    return replace(trial, settings=settings), f"http://{address}"


async def get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def becomes(address: str, **parts: str) -> None:
    """Wait until `/readyz` says this of some parts."""
    async with asyncio.timeout(10):
        while True:
            status, text = await get(f"{address}/readyz")
            told = json.loads(text)
            if all(told[part] == words for part, words in parts.items()):
                assert told["ready"] is (status == 200)
                return
            await asyncio.sleep(0.02)


async def shows(address: str, line: str) -> None:
    """Wait until `/metrics` has a line."""
    async with asyncio.timeout(10):
        while line not in (await get(f"{address}/metrics"))[1].splitlines():  # noqa: ASYNC110 - it only answers
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("transport", "port"), [("socket", None), ("http", 0)])
async def test_it_is_ready_and_counts_a_question_from_event_to_post(
    tmp_path: Path, transport: Any, port: int | None
) -> None:
    async with open_trial(tmp_path, transport=transport) as opened:
        trial, status = watched(opened)
        async with running(trial, port):
            await becomes(status, slack="ok", database="ok", worker="ok", delivery="ok", ticks="ok")
            assert (await get(f"{status}/healthz"))[0] == 200
            anna = trial.slack.person("anna")
            asked = await anna.says("how do I back up the database?", in_="@Signpost")
            await anna.sees_answer(asked)
            await trial.slack.settled()
            await shows(status, 'signpost_deliveries_total{method="chat.postMessage",outcome="sent"} 1.0')
            _, told = await get(f"{status}/metrics")
            lines = set(told.splitlines())
            assert {
                'signpost_decisions_total{decision="answer",stage="words"} 1.0',
                'signpost_settling_seconds_count{kind="asked"} 1.0',
                'signpost_web_api_calls_total{method="users.info",outcome="ok"} 1.0',
                "signpost_database_up 1.0",
                "signpost_inbox_waiting 0.0",
                'signpost_escalations_open{state="new"} 0.0',
            } <= lines
            assert 'signpost_events_total{kind="message"}' in told
            for private in ("T0", trial.slack.team_id, anna.user_id, "kfo-am-markt", "back up"):
                assert private not in told
        with pytest.raises(aiohttp.ClientConnectionError):
            await get(f"{status}/healthz")


async def test_it_takes_questions_before_it_has_learned_and_answers_them_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_learned = threading.Event()

    def learned_late(*arguments: Any) -> Matcher:
        assert has_learned.wait(10)
        return matcher_of(*arguments)

    monkeypatch.setattr("bot.app.library.matcher_of", learned_late)
    async with open_trial(tmp_path) as opened:
        trial, status = watched(opened)
        async with running(trial):
            await becomes(status, slack="ok", database="ok", worker="ok", delivery="ok", ticks="ok")
            anna = trial.slack.person("anna")
            asked = await anna.says("how do I back up the database?", in_="@Signpost")
            await trial.slack.settled()
            assert trial.slack.courier.failures == []
            has_learned.set()
            await anna.sees_answer(asked)


async def test_it_is_not_ready_while_slack_is_away_or_the_database_does_not_answer(tmp_path: Path) -> None:
    async with open_trial(tmp_path) as opened:
        trial, status = watched(opened)
        async with running(trial):
            await becomes(status, slack="ok")
            await trial.slack.sockets.disable_link()
            await becomes(status, slack="not connected", database="ok")
            assert (await get(f"{status}/healthz"))[0] == 200
            trial.slack.sockets.enable_link()


async def test_an_address_that_is_taken_is_said_with_its_setting(tmp_path: Path) -> None:
    async with open_trial(tmp_path, transport="http") as trial:
        taken = int(trial.page_url.rstrip("/").rpartition(":")[2])
        with pytest.raises(SettingsError, match=f"^--http = {taken}: nobody can listen there"):
            async with running(trial, taken):
                pass
        watching, _ = watched(trial, taken)
        with pytest.raises(SettingsError, match=f"^STATUS_ADDRESS = 127.0.0.1:{taken}: nobody can"):
            async with running(watching, 0):
                pass


def several(tmp_path: Path, **changes: Any) -> Settings:
    return load_settings(
        **{
            "database_url": f"sqlite:///{tmp_path / 'signpost.db'}",
            "slack_api_url": "http://127.0.0.1:9/api/",
            "slack_signing_secret": SecretStr("x"),
            "slack_client_id": "1.2",
            "slack_client_secret": SecretStr("y"),
            "token_keys": SecretStr(new_key()),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token_keys": None}, "TOKEN_KEYS is not set"),
        ({"slack_client_secret": None}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        ({"slack_client_id": ""}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        ({"slack_signing_secret": None}, "anybody could pose as Slack"),
        ({"slack_signing_secret": SecretStr("  ")}, "anybody could pose as Slack"),
    ],
)
async def test_for_several_workspaces_it_does_not_start_with_half_of_what_it_needs(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        await serve(several(tmp_path, **changes), asyncio.Event(), http_port=0)
    assert not (tmp_path / "signpost.db").exists()


async def test_with_a_wrong_key_it_does_not_start_and_names_whose_token_it_cannot_open(
    tmp_path: Path,
) -> None:
    settings = several(tmp_path)
    database: Database = await asyncio.to_thread(open_database, settings)
    other = Seal([new_key()])
    database.run(lambda session: installations.join(session, other, NEW, MORNING))
    database.close()
    with pytest.raises(SettingsError, match="TOKEN_KEYS opens no token of Practices: put the key"):
        await serve(settings, asyncio.Event(), http_port=0)


async def test_with_several_workspaces_no_bot_token_is_needed(tmp_path: Path) -> None:
    stop = asyncio.Event()
    await serve(several(tmp_path), stop, http_port=0, ready=lambda _: stop.set())
