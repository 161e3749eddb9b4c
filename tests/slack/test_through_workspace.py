"""In a channel that workspaces share, a payload belongs to the one whose token answers it."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.listeners import workspace
from tests.slack.test_doors import make_app

OURS, THEIRS = "T1", "T0OTHER"


async def heard(body: dict[str, Any]) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []

    async def listen(body: dict[str, Any]) -> None:
        seen.append(body)

    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack()

    app: AsyncApp = make_app()
    workspace.register(app)
    app.event("message")(listen)
    app.view("form")(press)
    await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
    return seen[0]


@pytest.mark.parametrize("happened_in", [OURS, THEIRS])
async def test_an_event_names_the_workspace_through_which_it_came(happened_in: str) -> None:
    body = {
        "type": "event_callback",
        "team_id": happened_in,
        "authorizations": [{"team_id": OURS, "enterprise_id": None}],
        "event": {"type": "message", "user": "U1", "team": THEIRS, "channel": "C1", "ts": "1.1"},
    }
    seen = await heard(body)
    assert seen["team_id"] == OURS
    assert seen["event"]["team"] == THEIRS  # who wrote it stays who it is


async def test_a_form_that_was_opened_in_another_workspace_belongs_to_ours() -> None:
    view = {"callback_id": "form", "type": "modal", "app_installed_team_id": OURS}
    user = {"id": "U1", "team_id": THEIRS}
    body = {"type": "view_submission", "team": {"id": THEIRS}, "user": user, "view": view}
    seen = await heard(body)
    assert (seen["team"]["id"], seen["user"]["team_id"]) == (OURS, THEIRS)
