"""Who we are, told to Bolt with every payload."""

from collections.abc import Awaitable, Callable

from slack_bolt.authorization import AuthorizeResult


def authorising(
    workspace_id: str, bot_user_id: str, bot_id: str, token: str
) -> Callable[[], Awaitable[AuthorizeResult]]:
    """Return what answers Bolt from what we know since the start.

    Left to itself Bolt asks Slack with the first payload, and while Slack does not answer it acknowledges
    what comes, with a sentence about installing the app: an event is lost then, since nobody listened to it.
    """
    known = AuthorizeResult(
        enterprise_id=None, team_id=workspace_id, bot_user_id=bot_user_id, bot_id=bot_id, bot_token=token
    )

    async def authorize() -> AuthorizeResult:
        return known

    return authorize
