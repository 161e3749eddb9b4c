"""Whatever goes wrong, neither secrets nor what people wrote turn up in logs, errors or reprs."""

import asyncio
import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.app.parts import open_database
from bot.app.service import serve
from bot.app.trial import Trial, open_trial
from bot.cli.check import run_check
from bot.cli.logs import set_up_logs
from bot.services import asking, inbox
from bot.settings import Settings, SettingsError, load_settings
from bot.storage.database import Database
from tests.engines import Engine
from tests.scenarios.conftest import serving

BOT = "@Signpost"
PASSWORD = "PaSSw0rd-of-the-database"
WORDS = "xylophonquark"
QUESTION = f"the second PC cannot find the database server {WORDS}"


@pytest.fixture
def logged(log_format: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that is logged, by us and by the libraries, at the level that tells most."""
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    root.handlers[:] = []
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logs(log_format, verbose=True)
    yield stream
    structlog.configure(**configuration)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database; PostgreSQL's with a password in its address."""
    engine: Engine = request.getfixturevalue(engine_name)
    with engine.lent() as database:
        url = database.url.set(password=PASSWORD) if engine.name == "postgresql" else database.url
        yield url.render_as_string(hide_password=False)


def secrets_of(settings: Settings) -> list[str]:
    hidden = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    found = [one.get_secret_value() for one in hidden if one is not None]
    assert len(found) == 3
    assert all(len(one) > 10 for one in found)
    return [*found, PASSWORD, WORDS]


def betrayed(settings: Settings, said: str) -> list[str]:
    return [secret for secret in secrets_of(settings) if secret in said]


async def logged_soon(stream: io.StringIO, event: str) -> None:
    async with asyncio.timeout(20):
        while event not in stream.getvalue():  # noqa: ASYNC110 - logs have no event
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("engine_name", "log_format"), [("sqlite_files", "text"), ("postgresql", "json")])
async def test_a_bot_to_which_everything_happens_betrays_nothing(
    logged: io.StringIO, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_while_it_settles(session: Session, *_context: Any) -> None:
        session.execute(text("INSERT INTO question (text, reaction) VALUES (:words, 'x')"), {"words": WORDS})

    async with open_trial(tmp_path, database_url=database_url) as trial:
        anna, faults = trial.slack.person("anna"), trial.slack.faults
        async with serving(trial):
            await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
            faults.breaks("users.info", times=2)
            faults.breaks("chat.postMessage", times=1)
            faults.hangs_up("chat.postMessage", times=1)
            await anna.says(f"{QUESTION} again", in_=BOT)
            await logged_soon(logged, "postponed")
            monkeypatch.setattr(asking, "settle", breaks_while_it_settles)
            await anna.says(f"{QUESTION} once more", in_=BOT)
            await logged_soon(logged, "settling_failed")
            monkeypatch.setattr(inbox, "receive", breaks_while_it_settles)
            await anna.says(f"{QUESTION} for the last time", in_=BOT)
            await logged_soon(logged, "listener_failed")
            monkeypatch.undo()
            lose_tables(database_url)
            await logged_soon(logged, "unavailable")
        said = logged.getvalue() + repr(trial) + repr(trial.settings) + str(trial.settings)
        assert "IntegrityError" in said
        assert betrayed(trial.settings, said) == []


def lose_tables(url: str) -> None:
    """Take the queues away under the running bot."""
    database = Database(url)
    with database.engine.begin() as connection:
        for table in ("outbox", "inbox"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO lost_{table}"))
    database.close()


def changed(trial: Trial, **values: Any) -> Settings:
    return trial.settings.model_copy(update=values)


@pytest.mark.parametrize(("engine_name", "log_format"), [("sqlite_files", "text")])
async def test_what_is_refused_at_the_start_betrays_nothing(
    database_url: str, tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = SecretStr("xoxb-wrong-token-of-somebody")
    async with open_trial(tmp_path, database_url=database_url) as trial:
        for settings in (
            changed(trial, slack_bot_token=wrong),
            changed(trial, slack_api_url="http://127.0.0.1:9/api/"),
            changed(trial, database_url=f"postgresql://bot:{PASSWORD}@127.0.0.1:9/signpost"),
        ):
            try:
                async with asyncio.timeout(20):
                    await serve(settings, stopped(), clock=trial.clock)
            except Exception:
                logged.write(traceback.format_exc())
            logged.write(repr(settings))
        monkeypatch.setattr("bot.cli.check.load_settings", lambda: changed(trial, slack_bot_token=wrong))
        await asyncio.to_thread(run_check, offline=False)
        said = logged.getvalue()
        assert "SLACK_BOT_TOKEN: Slack refuses it" in said
        assert "Traceback" in said
        assert betrayed(trial.settings, said) == []
        assert "of-somebody" not in said


def stopped() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


def test_what_the_check_says_of_a_set_up_that_is_wrong_betrays_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://bot:{PASSWORD}@127.0.0.1:9/signpost")
    run_check(offline=True)
    assert "Database:" in (said := "".join(capsys.readouterr()))
    assert PASSWORD not in said


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://bot:{PASSWORD}@of@host/signpost",
        f"postgresql://bot:x/{PASSWORD}@host:port/signpost",
        f"postgresql://bot:{PASSWORD}@host:port/signpost",
        f"postgresql://bot:{PASSWORD}@[host/signpost",
        f"postgresql://bot:x@{PASSWORD}@host/signpost",
        f"mysql://bot:{PASSWORD}@host/signpost",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_being_shown(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(SettingsError, match="DATABASE_URL = ") as refused:
        load_settings()
    assert PASSWORD not in "".join(traceback.format_exception(refused.value))


def test_a_row_that_postgresql_refuses_is_not_told_in_the_error(postgresql_database: Database) -> None:
    """PostgreSQL adds the whole row to its words."""

    def leave_out_the_rest(session: Session) -> None:
        session.execute(text("INSERT INTO person (name) VALUES (:words)"), {"words": WORDS})

    with pytest.raises(IntegrityError, match="null value in column") as error:
        postgresql_database.run(leave_out_the_rest)
    assert WORDS not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_database_s_address_is_not_in_any_repr(database_url: str) -> None:
    settings = load_settings(database_url=database_url)
    with closing(open_database(settings)) as database:
        said = f"{settings} {settings!r} {database.engine} {database.url} {database.url!r}"
    assert PASSWORD not in said
