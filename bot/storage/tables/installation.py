"""The workspaces in which the app is installed, and installations under way."""

from datetime import datetime

from sqlmodel import Field

from bot.storage.tables.base import Table


class InstallationRow(Table, table=True):
    """A workspace with the app in it. `sealed_token` is encrypted; the key stands in the settings alone.

    `admitted_at` is when an admin took it into the network. It stays when the app is installed again.
    """

    __tablename__ = "installation"

    workspace_id: str = Field(primary_key=True)
    workspace_name: str
    sealed_token: str
    bot_user_id: str
    bot_id: str
    scopes: str
    installed_by: str
    installed_at: datetime
    admitted_at: datetime | None = None


class OAuthStateRow(Table, table=True):
    """An installation that somebody began: good once, until it expires. Only a digest of it is kept."""

    __tablename__ = "oauth_state"

    digest: str = Field(primary_key=True)
    expires_at: datetime = Field(index=True)
