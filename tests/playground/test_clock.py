import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession

from bot.playground import LocalSlack
from bot.playground.clock import WorkspaceClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_the_clock_moves_forward_and_never_back() -> None:
    clock = WorkspaceClock(lambda: NOON)
    assert clock.advance(timedelta(days=1)) == NOON + timedelta(days=1)
    assert clock.advance_to(NOON + timedelta(days=2)) == NOON + timedelta(days=2)
    assert clock.ahead == timedelta(days=2)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance_to(NOON)


def test_whoever_listens_hears_of_a_move_until_they_stop() -> None:
    clock, moves = WorkspaceClock(lambda: NOON), []
    end = clock.on_move(lambda: moves.append(clock.now()))
    clock.advance(timedelta(hours=1))
    end()
    clock.advance(timedelta(hours=1))
    assert moves == [NOON + timedelta(hours=1)]


async def test_messages_carry_the_workspaces_time(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    before = await anna.says("today", in_="#support")
    slack.clock.advance(timedelta(days=7))
    after = await anna.says("next week", in_="#support")
    assert float(after.ts) - float(before.ts) >= timedelta(days=7).total_seconds()


async def test_the_bot_reads_the_clock_over_the_wire_and_is_told_of_moves(slack: LocalSlack) -> None:
    base = slack.installation.base_url
    async with ClientSession() as session:
        async with session.get(f"{base}/clock") as response:
            told = await response.json()
            assert told["ahead_seconds"] == 0
            assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(seconds=5)
        async with session.get(f"{base}/clock/stream") as stream, asyncio.timeout(5):
            first = await stream.content.readuntil(b"\n\n")
            async with session.post(f"{base}/clock/advance", data={"seconds": "86400"}) as response:
                assert response.status == 204
            second = await stream.content.readuntil(b"\n\n")
    ahead = [json.loads(event.removeprefix(b"data: "))["ahead_seconds"] for event in (first, second)]
    assert ahead == [0, 86_400]


async def test_the_bot_offers_moves_and_the_page_shows_them(slack: LocalSlack) -> None:
    base = slack.installation.base_url
    offer = [{"label": "To the next reminder", "at": "2030-01-01T08:00:00+00:00"}]
    async with ClientSession() as session:
        async with session.put(f"{base}/clock/moves", json=offer) as response:
            assert response.status == 204
        async with session.put(f"{base}/clock/moves", json=[{"label": "?", "at": "soon"}]) as response:
            assert response.status == 400
        async with session.get(f"{base}/as/anna") as response:
            page = await response.text()
        assert "To the next reminder" in page
        async with session.post(f"{base}/clock/advance", data={"to": offer[0]["at"]}) as response:
            assert response.status == 204
    assert slack.clock.now() >= datetime(2030, 1, 1, 8, tzinfo=UTC)
