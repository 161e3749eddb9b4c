"""Settings, from the environment and `.env`. `.env.example` lists them all."""

from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.paths import data_folder, shipped


class Settings(BaseSettings):
    """Everything that is set from outside. Names in the environment are these in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str = ""
    slack_client_secret: SecretStr | None = None
    token_keys: SecretStr | None = None
    http_host: str = "127.0.0.1"
    public_url: str = ""
    status_address: str = ""
    slack_api_url: str = "https://slack.com/api/"
    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'signpost.db'}",
        repr=False,  # It may hold a password.
    )
    knowledge_dir: Path = Field(default_factory=lambda: shipped("knowledge"))
    admins: Annotated[frozenset[str], NoDecode] = frozenset()
    support_command: str = "/support"
    renewals_command: str = "/renewals"
    escalate_command: str = "/escalate"
    escalation_owner: str = ""
    escalation_close_days: int = Field(default=7, ge=1, le=365)
    keep_text_days: int = Field(default=30, ge=1, le=3650)
    keep_escalation_days: int = Field(default=730, ge=1, le=3650)
    keep_stranger_days: int = Field(default=365, ge=1, le=3650)
    keep_change_days: int = Field(default=730, ge=1, le=3650)
    keep_account_years: int = Field(default=10, ge=1, le=30)
    use_meaning: bool = True
    log_format: str = "auto"

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _token(value, "xoxb-", "a bot token begins with xoxb-: copy it from OAuth & Permissions")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _token(value, "xapp-", "an app token begins with xapp-: create it under Basic Information")

    @field_validator("token_keys")
    @classmethod
    def _token_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not all(map(_is_key, keys_in(value))):
            raise ValueError(
                "a key is what `signpost workspaces new-key` prints, with commas between several"
            )
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("must be an address that begins with https://")
        return value.rstrip("/")

    @field_validator("status_address")
    @classmethod
    def _status_address(cls, value: str) -> str:
        host, colon, port = value.rpartition(":")
        if value and not (host and colon and port.isdecimal() and int(port) < 65536):
            raise ValueError("must be an address and a port, as in 127.0.0.1:9464")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must be an address that begins with https://")
        return value if value.endswith("/") else value + "/"

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if not value.startswith("sqlite:") and not _is_address(value):
            raise ValueError(
                "cannot be read: in a password write every @ as %40, / as %2F, : as %3A and % as %25"
            )
        return value

    @field_validator("knowledge_dir")
    @classmethod
    def _knowledge_dir(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError("there is no such folder")
        return value

    @field_validator("admins", mode="before")
    @classmethod
    def _admins(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        names = [name.strip() for name in value.replace(",", " ").split()]
        return frozenset(name.lower() if "@" in name else name for name in names)

    @field_validator("escalation_owner")
    @classmethod
    def _escalation_owner(cls, value: str) -> str:
        if value and "@" not in value:
            raise ValueError("must be the e-mail address of a person of the manufacturer")
        return value.strip().lower()

    @field_validator("support_command", "renewals_command", "escalate_command")
    @classmethod
    def _command(cls, value: str, known: ValidationInfo) -> str:
        if not value.startswith("/") or not 2 <= len(value) <= 32 or value != value.lower() or " " in value:
            raise ValueError(
                "a command begins with /, is lower case and has no spaces, at most 32 characters"
            )
        for other in ("support_command", "renewals_command"):
            if value == known.data.get(other):
                raise ValueError(f"is {other.upper()} already: give the two commands different names")
        return value

    @field_validator("log_format")
    @classmethod
    def _log_format(cls, value: str) -> str:
        if value not in ("auto", "json", "text"):
            raise ValueError("must be auto, json or text")
        return value


def _is_address(url: str) -> bool:
    """Say whether a database's address falls into the parts that were meant."""
    from sqlalchemy import make_url  # noqa: PLC0415 - slow to import, and mostly not needed here
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return False
    # A password with such signs in it would be shown as part of the host or of the database's name.
    return not set("@[") & set(f"{parts.host or ''}{parts.database or ''}")


SECRETS = frozenset(
    {
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_client_secret",
        "token_keys",
        "database_url",
    }
)


class SettingsError(Exception):
    """Settings that cannot be used. `faults` has a sentence for each, with its name, shape and remedy."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` win. Raises `SettingsError` with every fault."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError([_fault(detail) for detail in error.errors(include_url=False)]) from None


def shape(value: object) -> str:
    """Describe a secret without showing it: how it begins and how long it is."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    kind = text.split("-")[0] + "-…" if "-" in text[:6] else ""
    return f"{kind}({len(text)} characters)"


def _fault(detail: Any) -> str:
    name = str(detail["loc"][0])
    shown = shape(detail["input"]) if name in SECRETS else repr(detail["input"])
    return f"{name.upper()} = {shown}: {str(detail['msg']).removeprefix('Value error, ')}"


def keys_in(value: SecretStr | None) -> tuple[str, ...]:
    """Return the keys of `TOKEN_KEYS`, the newest first."""
    written = value.get_secret_value() if value is not None else ""
    return tuple(key.strip() for key in written.split(",") if key.strip())


def _is_key(key: str) -> bool:
    try:
        return len(urlsafe_b64decode(key)) == 32
    except ValueError:
        return False


def _token(value: SecretStr | None, prefix: str, remedy: str) -> SecretStr | None:
    if value is not None and not value.get_secret_value().startswith(prefix):
        raise ValueError(remedy)
    return value
