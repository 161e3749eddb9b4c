"""A workspace in which the app is installed, beside others of the same support network."""

from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct


@dataclass(frozen=True)
class Installation:
    """What Slack gave us when somebody installed the app in a workspace.

    `scopes` are those that were granted, with commas between. `installed_by` is a Slack user id.
    """

    workspace_id: str
    workspace_name: str
    token: str = field(repr=False)
    bot_user_id: str
    bot_id: str
    scopes: str = ""
    installed_by: str = ""


class Joined(Struct, frozen=True):
    """A workspace that installed the app. Until it is admitted (`admitted_at`), nothing that it says of its
    people is believed: whoever runs a workspace decides which e-mail addresses stand in its profiles."""

    workspace_id: str
    workspace_name: str
    installed_by: str
    installed_at: datetime
    admitted_at: datetime | None
