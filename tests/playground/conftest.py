from collections.abc import AsyncIterator

import pytest

from bot.playground import LocalSlack
from tests.playground.small_app import MANIFEST, SEED, AppUnderTest, running


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(SEED, manifest=MANIFEST) as local:
        yield local


@pytest.fixture
async def app(slack: LocalSlack) -> AsyncIterator[AppUnderTest]:
    async with running(slack) as under_test:
        yield under_test
