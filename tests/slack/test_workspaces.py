"""Each workspace's own token, for as long as it is believed."""

from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.domain.installation import Installation
from bot.slack.installing import Authorising
from bot.slack.workspaces import BELIEVED_SECONDS, SeveralWorkspaces


def installation(workspace_id: str, token: str) -> Installation:
    return Installation(workspace_id, "Practices", token, "U0BOT", "B0BOT")


class Shelf:
    """Installations as the database has them, and a clock beside them."""

    def __init__(self) -> None:
        self.tokens = {"T1": "xoxb-one", "T2": "xoxb-two"}
        self.asked: list[str] = []
        self.seconds = 0.0

    async def find(self, workspace_id: str) -> Installation | None:
        self.asked.append(workspace_id)
        token = self.tokens.get(workspace_id)
        return installation(workspace_id, token) if token else None

    def monotonic(self) -> float:
        return self.seconds

    def workspaces(self, home: Installation | None = None) -> SeveralWorkspaces:
        return SeveralWorkspaces(self.find, lambda token: AsyncWebClient(token=token), home, self.monotonic)


async def test_each_workspace_has_a_client_of_its_own_which_is_looked_up_once() -> None:
    shelf = Shelf()
    workspaces = shelf.workspaces()
    one, two = await workspaces.client_for("T1"), await workspaces.client_for("T2")
    assert (one.token, two.token) == ("xoxb-one", "xoxb-two")
    assert await workspaces.client_for("T1") is one
    assert shelf.asked == ["T1", "T2"]


async def test_a_new_token_is_taken_up_after_a_while_or_at_once_when_told() -> None:
    shelf = Shelf()
    workspaces = shelf.workspaces()
    await workspaces.client_for("T1")
    shelf.tokens["T1"] = "xoxb-new"
    shelf.seconds = BELIEVED_SECONDS - 1
    assert (await workspaces.client_for("T1")).token == "xoxb-one"
    shelf.seconds = BELIEVED_SECONDS
    assert (await workspaces.client_for("T1")).token == "xoxb-new"
    shelf.tokens["T1"] = "xoxb-newer"
    workspaces.forget("T1")
    assert (await workspaces.client_for("T1")).token == "xoxb-newer"


async def test_where_the_app_is_not_installed_the_client_has_no_token() -> None:
    shelf = Shelf()
    workspaces = shelf.workspaces()
    assert (await workspaces.client_for("T9")).token is None
    shelf.tokens["T9"] = "xoxb-nine"
    assert (await workspaces.client_for("T9")).token == "xoxb-nine"


async def test_one_that_left_has_no_token_either() -> None:
    shelf = Shelf()
    workspaces = shelf.workspaces()
    await workspaces.client_for("T1")
    del shelf.tokens["T1"]
    shelf.seconds = BELIEVED_SECONDS
    assert (await workspaces.client_for("T1")).token is None


async def test_the_workspace_of_the_settings_needs_no_look_up() -> None:
    shelf = Shelf()
    workspaces = shelf.workspaces(installation("T0HOME", "xoxb-home"))
    assert (await workspaces.client_for("T0HOME")).token == "xoxb-home"
    assert shelf.asked == []


async def test_a_workspace_s_id_that_no_database_holds_is_looked_up_as_one_that_it_can() -> None:
    shelf = Shelf()
    authorise = Authorising(shelf.workspaces())
    with capture_logs() as logs:
        context = AsyncBoltContext()
        found = await authorise(context=context, enterprise_id=None, team_id="T\ud800", user_id=None)
    assert (found, shelf.asked) == (None, ["T\ufffd"])
    assert logs == [{"event": "workspace_unknown", "workspace": "T\ufffd", "log_level": "warning"}]
