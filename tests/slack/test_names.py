from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.network import SlackChannel, SlackUser
from bot.services.imports.names import SlackNames
from bot.slack.names import FirstOf, SlackWebNames

PAGES = {
    "": {"channels": [{"id": "C1", "name": "general"}], "response_metadata": {"next_cursor": "more"}},
    "more": {"channels": [{"id": "C2", "name": "kfo-am-markt"}], "response_metadata": {"next_cursor": ""}},
}
USERS = {
    "anna@kfo.example": {"id": "U1", "team_id": "T1"},
    "gone@kfo.example": {"id": "U2", "team_id": "T1", "deleted": True},
}


class Workspace:
    """Slack's Web API as far as names go: `busy` times it says come back later, `missing` a scope refuses."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.busy = 0
        self.missing = False

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        if self.busy:
            self.busy -= 1
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "0"}
            )
        if self.missing:
            return web.json_response({"ok": False, "error": "missing_scope"})
        form = {**request.query, **{key: str(value) for key, value in (await request.post()).items()}}
        return web.json_response(self._answer(method, form))

    def _answer(self, method: str, form: dict[str, str]) -> dict[str, object]:
        if method == "auth.test":
            return {"ok": True, "team_id": "T1"}
        if method == "conversations.list":
            return {"ok": True, **PAGES[form.get("cursor", "")]}
        user = USERS.get(form["email"])
        return {"ok": True, "user": user} if user else {"ok": False, "error": "users_not_found"}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture
async def names(workspace: Workspace) -> AsyncIterator[SlackNames]:
    app = web.Application()
    app.router.add_route("*", "/api/{method}", workspace.handle)
    async with TestServer(app) as server:
        handlers: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=3)]
        client = AsyncWebClient(
            token="xoxb-1", base_url=str(server.make_url("/api/")), retry_handlers=handlers
        )
        yield SlackWebNames(client)


async def test_finds_a_person_by_address(names: SlackNames) -> None:
    assert await names.user_by_email("anna@kfo.example") == SlackUser("T1", "U1")


async def test_an_address_nobody_has_is_nobody(names: SlackNames) -> None:
    assert await names.user_by_email("who@kfo.example") is None


async def test_somebody_who_left_is_nobody(names: SlackNames) -> None:
    assert await names.user_by_email("gone@kfo.example") is None


async def test_finds_a_channel_on_a_later_page_and_lists_them_once(
    names: SlackNames, workspace: Workspace
) -> None:
    assert await names.channel_by_name("kfo-am-markt") == SlackChannel("T1", "C2")
    assert await names.channel_by_name("general") == SlackChannel("T1", "C1")
    assert await names.channel_by_name("unknown") is None
    assert workspace.calls.count("conversations.list") == 2


async def test_comes_back_later_when_slack_asks_for_it(names: SlackNames, workspace: Workspace) -> None:
    workspace.busy = 2
    assert await names.user_by_email("anna@kfo.example") == SlackUser("T1", "U1")
    assert len(workspace.calls) == 3


async def test_a_missing_scope_is_no_missing_person(names: SlackNames, workspace: Workspace) -> None:
    workspace.missing = True
    with pytest.raises(SlackApiError, match="missing_scope"):
        await names.user_by_email("anna@kfo.example")


class Shelf:
    """A workspace whose names lie ready."""

    def __init__(self, workspace_id: str, users: dict[str, str], channels: dict[str, str]) -> None:
        self._id, self._users, self._channels = workspace_id, users, channels

    async def workspace_id(self) -> str:
        return self._id

    async def user_by_email(self, email: str) -> SlackUser | None:
        return SlackUser(self._id, self._users[email]) if email in self._users else None

    async def channel_by_name(self, name: str) -> SlackChannel | None:
        return SlackChannel(self._id, self._channels[name]) if name in self._channels else None


async def test_of_several_workspaces_the_first_that_knows_a_name_says_whose_it_is() -> None:
    first = Shelf("T1", {"anna@kfo.example": "U1"}, {"help": "C1"})
    second = Shelf(
        "T2", {"anna@kfo.example": "U9", "tom@nord.example": "U2"}, {"help": "C9", "level-0": "C2"}
    )
    names = FirstOf([first, second])
    assert await names.workspace_id() == "T1"
    assert await names.user_by_email("anna@kfo.example") == SlackUser("T1", "U1")
    assert await names.user_by_email("tom@nord.example") == SlackUser("T2", "U2")
    assert await names.user_by_email("nobody@nord.example") is None
    assert await names.channel_by_name("help") == SlackChannel("T1", "C1")
    assert await names.channel_by_name("level-0") == SlackChannel("T2", "C2")
    assert await names.channel_by_name("none") is None
