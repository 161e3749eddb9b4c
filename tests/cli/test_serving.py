"""`signpost serve` as a process: it starts, says so, and ends cleanly when it is told to."""

import asyncio
import os
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.app.manifest import read_manifest
from bot.app.trial import trial_seed
from bot.playground import LocalSlack
from bot.settings import load_settings
from bot.slack.paths import EVENTS_PATH
from tests.scenarios.network import free_port

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("transport", ["http", pytest.param("socket", marks=pytest.mark.exhaustive)])
async def test_told_to_end_it_finishes_what_it_acknowledged_and_ends_cleanly(
    tmp_path: Path, transport: str
) -> None:
    over_http = transport == "http"
    async with LocalSlack(
        trial_seed(),
        manifest=read_manifest(load_settings()),
        transport="http" if over_http else "socket",
    ) as slack:
        port, status = free_port(), f"127.0.0.1:{free_port()}"
        slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
        words = ["serve", "--status-address", status, *(["--http", str(port)] if over_http else [])]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "DATABASE_URL": f"sqlite:///{tmp_path / 'signpost.db'}",
                "SLACK_API_URL": slack.api_url,
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "LOG_FORMAT": "json",
            },
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            await is_ready(f"http://{status}/readyz")
            anna = slack.person("anna")
            asked = await anna.says("how do I back up the database?", in_="@Signpost")
            await slack.settled()
            process.terminate()
            _, log = await asyncio.wait_for(process.communicate(), 30)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0, log.decode()
    events = [line.partition('"event": "')[2].partition('"')[0] for line in log.decode().splitlines()]
    assert events[-1] == "stopped"
    assert {"ready", "settled", "delivered", "stopping"} <= set(events)
    assert asked.ts in log.decode()


async def is_ready(address: str) -> None:
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.05)
