"""Installing in the browser: plain words, one try a page, nothing half done."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from msgspec import Struct
from slack_sdk.oauth.installation_store import Installation as SlackInstallation

from bot.app.manifest import read_manifest
from bot.app.several import oauth_flow, several_workspaces
from bot.domain.installation import Joined
from bot.playground import LocalSlack, Seed, SeedPerson, SeveralSlacks
from bot.services import installations
from bot.services.watching import NOBODY
from bot.settings import load_settings
from bot.slack.http_door import HttpDoor
from bot.slack.install_pages import InstallPages
from bot.slack.installing import InstallationStore, WholeOrganisationError
from bot.slack.paths import EVENTS_PATH, REDIRECT_PATH
from bot.storage.database import Database
from bot.storage.schema import upgrade
from bot.storage.seal import Seal, new_key
from bot.storage.threads import Transactions
from tests.fakes import HandClock
from tests.installing import Browser

SEED = Seed(people=(SeedPerson("anna", "Anna"),), channels=(), team_name="<b>Practices</b>")


class Site(Struct):
    """The app's pages as a browser reaches them, and Slack behind them."""

    address: str
    slack: LocalSlack
    clock: HandClock
    transactions: Transactions
    store: InstallationStore

    async def joined(self) -> tuple[Joined, ...]:
        return await self.transactions.run(installations.joined)


@pytest.fixture
async def site(sqlite_database: Database) -> AsyncIterator[Site]:
    upgrade(sqlite_database)
    transactions, clock, seal = Transactions(sqlite_database), HandClock(), Seal([new_key()])
    async with SeveralSlacks([SEED], manifest=read_manifest(load_settings())) as several:
        settings = load_settings(
            slack_api_url=several.api_url,
            slack_client_id=several.registration.client_id,
            slack_client_secret=several.registration.client_secret,
        )
        workspaces = several_workspaces(settings, transactions, seal, NOBODY, None)
        flow = oauth_flow(settings, transactions, seal, clock, workspaces)
        door = HttpDoor(Any, "unused", "127.0.0.1", 0, pages=InstallPages(flow))  # type: ignore[arg-type]
        address = (await door.open()).removesuffix(EVENTS_PATH)
        flow.settings.authorize_url_generator.redirect_uri = flow.settings.redirect_uri = (
            address + REDIRECT_PATH
        )
        store = flow.settings.installation_store
        assert isinstance(store, InstallationStore)
        yield Site(address, several.slacks[0], clock, transactions, store)
        await door.close()
    transactions.close()


async def test_a_workspace_installs_the_app_and_is_told_what_is_left_to_do(site: Site) -> None:
    page = await Browser().installs(site.address, site.slack)
    assert page.status == 200
    assert "is in &lt;b&gt;Practices" in page.text
    assert "admin of your support network" in page.text
    (joined,) = await site.joined()
    assert (joined.workspace_id, joined.workspace_name) == (site.slack.team_id, "<b>Practices</b>")
    assert joined.installed_by == site.slack.user_id("anna")
    assert joined.admitted_at is None


@pytest.mark.parametrize(("language", "words"), [("de-AT,de;q=0.9,en;q=0.8", "Weiter"), ("fr", "Continue")])
async def test_the_pages_speak_the_browser_s_language_and_keep_the_code_to_themselves(
    site: Site, language: str, words: str
) -> None:
    browser = Browser(language)
    first = await browser.opens(f"{site.address}/slack/install")
    assert words in first.text
    last = await browser.installs(site.address, site.slack)
    for page in (first, last):
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_who_does_not_agree_is_told_that_nothing_has_changed(site: Site) -> None:
    page = await Browser().installs(site.address, site.slack, agrees=False)
    assert page.status == 200
    assert "Nothing has changed" in page.text
    assert await site.joined() == ()


async def test_coming_back_twice_is_refused_the_second_time(site: Site) -> None:
    browser = Browser()
    allowing = await browser.begins(site.address, site.slack)
    cookies = dict(browser.cookies)
    done = await browser.opens(allowing)
    assert done.status == 200
    browser.cookies = cookies
    again = await browser.opens(done.address)
    assert again.status == 401
    assert "used before" in again.text


async def test_another_browser_cannot_finish_what_one_began(site: Site) -> None:
    allowing = await Browser().begins(site.address, site.slack)
    page = await Browser().opens(allowing)
    assert page.status == 400
    assert "another browser" in page.text
    assert await site.joined() == ()


async def test_a_page_that_was_open_too_long_is_refused(site: Site) -> None:
    browser = Browser()
    allowing = await browser.begins(site.address, site.slack)
    site.clock.instant += installations.STATE_LASTS + timedelta(seconds=1)
    page = await browser.opens(allowing)
    assert page.status == 401
    assert "open too long" in page.text
    assert await site.joined() == ()


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=x", "?error=<script>alert(1)</script>"])
async def test_whoever_comes_from_elsewhere_gets_a_page_and_none_of_their_own_words(
    site: Site, query: str
) -> None:
    page = await Browser().opens(site.address + REDIRECT_PATH + query)
    assert page.status < 500
    assert "Signpost was not installed" in page.text
    assert "script" not in page.text


async def test_a_code_that_slack_does_not_know_is_refused_kindly(site: Site) -> None:
    browser = Browser()
    allowing = await browser.begins(site.address, site.slack)
    state = allowing.partition("state=")[2].partition("&")[0]
    page = await browser.opens(f"{site.address}{REDIRECT_PATH}?code=made-up&state={state}")
    assert page.status == 401
    assert "Slack did not confirm it" in page.text


async def test_a_slack_that_breaks_and_a_database_that_breaks_leave_nothing_half_done(site: Site) -> None:
    site.slack.faults.breaks("auth.test")
    page = await Browser().installs(site.address, site.slack)
    assert (page.status, await site.joined()) == (401, ())
    site.store._transactions = None  # type: ignore[assignment]
    page = await Browser().installs(site.address, site.slack)
    assert (page.status, await site.joined()) == (500, ())
    assert "nothing was kept" in page.text


async def test_it_is_not_installed_for_a_whole_organisation(site: Site) -> None:
    whole = SlackInstallation(user_id="U1", enterprise_id="E1", bot_token="x", is_enterprise_install=True)
    with pytest.raises(WholeOrganisationError):
        await site.store.async_save(whole)


async def test_looking_only_at_the_head_begins_no_installation(site: Site) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.head(f"{site.address}/slack/install") as answer,
    ):
        assert answer.status == 405
