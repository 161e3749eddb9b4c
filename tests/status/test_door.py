"""The address for machines: it lives, it is ready or says what is not, and it tells its figures."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.status.door import Check, StatusDoor
from tests.status.test_metrics import Shelf


def saying(words: str) -> Check:
    async def check() -> str:
        return words

    return check


async def breaking() -> str:
    raise RuntimeError("password=hunter2")


@asynccontextmanager
async def asking(**checks: Check) -> AsyncIterator[str]:
    door = StatusDoor("127.0.0.1", 0, checks, Shelf().metrics())
    yield await door.open()
    await door.close()


async def get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def test_it_lives_also_while_it_is_not_ready() -> None:
    async with asking(slack=saying("not connected")) as address:
        assert await get(f"{address}/healthz") == (200, '{"alive": true}')


async def test_it_is_ready_when_every_part_is() -> None:
    async with asking(database=saying(""), slack=saying("")) as address:
        ready = '{"ready": true, "database": "ok", "slack": "ok"}\n'
        assert await get(f"{address}/readyz") == (200, ready)


async def test_one_line_says_which_part_is_not_and_no_error_s_words() -> None:
    async with asking(database=breaking, slack=saying("not connected"), worker=saying("")) as address:
        told = '{"ready": false, "database": "RuntimeError", "slack": "not connected", "worker": "ok"}\n'
        assert await get(f"{address}/readyz") == (503, told)


async def test_it_tells_its_figures() -> None:
    async with asking() as address:
        status, content = await get(f"{address}/metrics")
    assert status == 200
    assert "signpost_outbox_waiting 3.0" in content


async def test_nothing_else_is_there() -> None:
    async with asking() as address:
        assert (await get(f"{address}/"))[0] == 404


async def test_an_address_that_is_taken_is_an_error() -> None:
    async with asking() as address:
        port = int(address.rpartition(":")[2])
        second = StatusDoor("127.0.0.1", port, {}, Shelf().metrics())
        with pytest.raises(OSError, match="address"):
            await second.open()
        await second.close()
