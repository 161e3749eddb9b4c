"""Practices in one workspace, their distributor in another: one network, each with a token of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.domain.installation import Installation
from bot.services import installations
from bot.storage.tables import PersonRow
from tests.engines import Engine
from tests.installing import Browser
from tests.scenarios.conftest import address
from tests.scenarios.network import Network, free_port, open_network, serving

BOT, SUPPORT = "@Signpost", "#support"
IMPOSTORS = select(PersonRow).where(col(PersonRow.name) == "Not Karl")
HAPPENED, REACH = "What happened?", "How can you be reached?"


@pytest.fixture
async def network_on_each(tmp_path: Path, engine: Engine) -> AsyncIterator[Network]:
    with engine.lent() as database:
        async with open_network(tmp_path, address(database)) as opened:
            yield opened


@pytest.fixture
async def network(tmp_path: Path) -> AsyncIterator[Network]:
    async with open_network(tmp_path) as opened:
        yield opened


async def joined(network: Network) -> None:
    """Let both workspaces install the app and be admitted, and let Tom look at it once."""
    for slack in (network.practices, network.companies):
        assert (await network.installs(slack)).status == 200
        assert await network.admits(slack)
    tom = network.companies.person("tom")
    await tom.opens_home()
    await tom.sees_home("Nord Dental Systeme")


async def test_an_escalation_bridges_two_workspaces_with_each_side_s_own_token(
    network_on_each: Network,
) -> None:
    network = network_on_each
    await joined(network)
    anna, tom = network.practices.person("anna"), network.companies.person("tom")
    question = await anna.says("The client does not find the server any more", in_=BOT)
    answer = await anna.sees_answer(question)
    await anna.clicks("Escalate", on=answer)
    assert await anna.fills({HAPPENED: "Both PCs lost it", REACH: "+49 40 1"}) is None
    card = await tom.sees("-0001", in_=BOT)
    await anna.sees("-0001", in_=BOT, thread=question)
    assert "The client does not find the server" in card.text
    assert "/archives/" not in card.text + str(card.message.blocks)

    asked = await tom.says("Is port 16300 open, Anna?", in_=BOT, thread=card)
    seen = await anna.sees("Is port 16300 open", in_=BOT, thread=question)
    assert "Tom Petersen" in seen.text
    await tom.edits(asked, "Is port 16301 open?")
    assert (await anna.sees("16301", in_=BOT, thread=question)).ts == seen.ts
    await anna.says("How do I see that?", in_=BOT, thread=question, files=[("ceph.png", b"PNG")])
    told = await tom.sees("How do I see that?", in_=BOT, thread=card)
    assert "anderen Workspace" in told.text
    assert "ceph.png" in told.text
    assert told.labels == ()

    await tom.clicks("Übernehmen", on=card)
    taken = await tom.sees("Tom Petersen bei Nord Dental Systeme arbeitet daran.", in_=BOT)
    await tom.clicks("Gelöst melden", on=taken)
    assert await tom.fills({"Was geholfen hat": "Port 16300 freigegeben"}) is None
    solved = await anna.sees("Port 16300 freigegeben", in_=BOT)
    await anna.clicks("Solved", on=solved)
    await tom.sees("Geschlossen", in_=BOT)
    for slack, token in ((network.practices, "A"), (network.companies, "B")):
        assert not [call for call in slack.calls if call.error], token


async def test_a_workspace_that_joins_by_itself_is_believed_nothing_until_it_is_admitted(
    network: Network,
) -> None:
    page = await network.installs(network.elsewhere, Browser("de-DE,de;q=0.9"))
    assert "dem Admin Ihres Support-Netzes" in page.text
    impostor = network.elsewhere.person("fake")
    await impostor.opens_home()
    await impostor.sees_home()
    assert network.elsewhere.calls_of("users.info")
    (known,) = await network.run(lambda session: session.exec(IMPOSTORS).all())
    assert (known.email, known.company_id) == ("", None)

    assert await network.admits(network.elsewhere)
    await impostor.opens_home()
    await impostor.sees_home("Image Instruments")


async def test_what_is_written_after_an_installation_ended_is_answered_to_nobody(network: Network) -> None:
    await joined(network)
    network.practices.uninstall()
    await network.practices.settled()
    left = await network.run(installations.joined)
    assert [one.workspace_name for one in left] == ["Companies"]
    tom = network.companies.person("tom")
    asked = await tom.says("How do I back up the database?", in_=BOT)
    await tom.sees_answer(asked)
    assert (await network.installs(network.practices)).status == 200
    anna = network.practices.person("anna")
    asked = await anna.says("How do I back up the database?", in_=BOT)
    await anna.sees_answer(asked)


async def test_one_replica_finishes_what_another_began_and_answers_what_comes_to_it(network: Network) -> None:
    port = free_port()
    async with serving(network, port):
        begun_at = network.settings.public_url
        browser = Browser()
        allowing = await browser.begins(begun_at, network.practices)
        browser.leads = (begun_at, f"http://127.0.0.1:{port}")
        done = await browser.opens(allowing)
        assert (done.status, done.address.startswith(begun_at)) == (200, True)
        assert network.practices.request_url.startswith(f"http://127.0.0.1:{port}")
        anna = network.practices.person("anna")
        await anna.sees_answer(await anna.says("How do I back up the database?", in_=BOT))


async def test_over_one_socket_each_workspace_is_answered_with_its_own_token(tmp_path: Path) -> None:
    async with open_network(tmp_path, is_socket=True) as network:
        for slack, handle in ((network.practices, "anna"), (network.companies, "tom")):
            token = slack.install()["access_token"]
            new = Installation(slack.team_id, "x", token, slack.bot_user_id, slack.installation.bot_id)
            await network.installed(new)
            person = slack.person(handle)
            asked = await person.says("How do I back up the database?", in_=BOT)
            await person.sees_answer(asked)
            assert not [call for call in slack.calls if call.error]
