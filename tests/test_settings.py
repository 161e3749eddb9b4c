import re
from base64 import urlsafe_b64encode
from itertools import pairwise
from pathlib import Path

import pytest

from bot.app.keeping import keep_of
from bot.domain.keeping import Keep
from bot.paths import shipped
from bot.settings import SECRETS, Settings, SettingsError, keys_in, load_settings, shape
from bot.storage.seal import new_key

EXAMPLE = Path(__file__).parent.parent / ".env.example"
SECRET = "s3cr3t-value-that-nobody-may-see"
KEY = urlsafe_b64encode(bytes(32)).decode()
"""The same in every process, or pytest's could not agree on the names of the tests."""


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is set, and the working folder has no `.env`."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def faults_with(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert str(refused.value) == "\n".join(refused.value.faults)
    return refused.value.faults


def test_without_any_setting_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.slack_bot_token is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.knowledge_dir == shipped("knowledge")
    assert settings.admins == frozenset()
    assert settings.support_command == "/support"
    assert settings.renewals_command == "/renewals"
    assert settings.escalate_command == "/escalate"
    assert settings.keep_text_days == 30
    assert keep_of(settings) == Keep()


@pytest.mark.parametrize(
    ("name", "value", "shown", "remedy"),
    [
        (
            "SLACK_BOT_TOKEN",
            f"xapp-{SECRET}",
            "xapp-…(37 characters)",
            "a bot token begins with xoxb-: copy it",
        ),
        ("SLACK_BOT_TOKEN", f"xoxp-{SECRET}", "xoxp-…(37 characters)", "copy it from OAuth & Permissions"),
        (
            "SLACK_APP_TOKEN",
            f"xoxb-{SECRET}",
            "xoxb-…(37 characters)",
            "an app token begins with xapp-: create it",
        ),
        ("SLACK_APP_TOKEN", "short", "(5 characters)", "under Basic Information"),
        ("SLACK_API_URL", "slack.com/api", "'slack.com/api'", "begins with https://"),
        ("SLACK_API_URL", "ftp://slack.com", "'ftp://slack.com'", "begins with https://"),
        (
            "DATABASE_URL",
            f"mysql://bot:{SECRET}@db",
            "(47 characters)",
            "begin with sqlite:/// or postgresql://",
        ),
        ("DATABASE_URL", "signpost.db", "(11 characters)", "begin with sqlite:/// or postgresql://"),
        ("KNOWLEDGE_DIR", "/no/such/place", "'/no/such/place'", "there is no such folder"),
        ("SUPPORT_COMMAND", "support", "'support'", "a command begins with /"),
        ("SUPPORT_COMMAND", "/Support", "'/Support'", "lower case"),
        ("SUPPORT_COMMAND", "/who helps", "'/who helps'", "no spaces"),
        ("SUPPORT_COMMAND", "/", "'/'", "a command begins with /"),
        ("SUPPORT_COMMAND", "/" + "x" * 32, "'/" + "x" * 32 + "'", "at most 32"),
        ("KEEP_TEXT_DAYS", "0", "'0'", "greater than or equal to 1"),
        ("KEEP_TEXT_DAYS", "3651", "'3651'", "less than or equal to 3650"),
        ("KEEP_TEXT_DAYS", "a month", "'a month'", "valid integer"),
        ("LOG_FORMAT", "xml", "'xml'", "must be auto, json or text"),
        ("TOKEN_KEYS", SECRET, "(32 characters)", "signpost workspaces new-key"),
        ("TOKEN_KEYS", f"{KEY},{SECRET}", "(77 characters)", "with commas between several"),
        ("PUBLIC_URL", "http://signpost.example", "'http://signpost.example'", "begins with https://"),
        ("STATUS_ADDRESS", "9464", "'9464'", "as in 127.0.0.1:9464"),
        ("STATUS_ADDRESS", ":9464", "':9464'", "as in 127.0.0.1:9464"),
        ("STATUS_ADDRESS", "127.0.0.1:99999", "'127.0.0.1:99999'", "an address and a port"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_its_shape_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, shown: str, remedy: str
) -> None:
    (fault,) = faults_with(monkeypatch, **{name: value})
    assert fault.startswith(f"{name} = {shown}: ")
    assert remedy in fault


def test_all_faults_are_told_at_once_and_no_secret_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = faults_with(
        monkeypatch,
        SLACK_BOT_TOKEN=SECRET,
        SLACK_APP_TOKEN=SECRET,
        DATABASE_URL=f"oracle://{SECRET}",
        LOG_FORMAT="xml",
        KEEP_TEXT_DAYS="-1",
    )
    assert [fault.partition(" = ")[0] for fault in faults] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "DATABASE_URL",
        "KEEP_TEXT_DAYS",
        "LOG_FORMAT",
    ]
    assert SECRET not in "\n".join(faults)


def test_the_keys_for_tokens_keep_their_order_and_may_have_blanks_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = new_key()
    monkeypatch.setenv("TOKEN_KEYS", f" {KEY}, {other},")
    settings = load_settings()
    assert keys_in(settings.token_keys) == (KEY, other)
    assert KEY not in repr(settings)


def test_an_address_may_be_one_of_this_machine_or_of_version_six(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATUS_ADDRESS", "[::1]:0")
    monkeypatch.setenv("PUBLIC_URL", "https://signpost.example/")
    settings = load_settings()
    assert (settings.status_address, settings.public_url) == ("[::1]:0", "https://signpost.example")


def test_settings_can_be_printed_without_their_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", f"xoxb-{SECRET}")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    assert SECRET not in repr(load_settings())


def test_the_shape_of_a_secret_is_its_kind_and_its_length() -> None:
    assert shape("xoxb-12345") == "xoxb-…(10 characters)"
    assert shape("longword-and-more") == "(17 characters)"
    assert shape("") == "(0 characters)"


def test_whatever_holds_a_token_or_a_password_is_kept_as_a_secret() -> None:
    telling = re.compile("token|secret|password|database_url")
    assert {name for name in Settings.model_fields if telling.search(name)} == SECRETS


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", set()),
        ("U0ANNA", {"U0ANNA"}),
        ("U0ANNA, Bert@Image.Example", {"U0ANNA", "bert@image.example"}),
        ("U0ANNA U0BERT,,U0ANNA", {"U0ANNA", "U0BERT"}),
    ],
)
def test_admins_are_ids_and_addresses_with_commas_or_blanks_between(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: set[str]
) -> None:
    monkeypatch.setenv("ADMINS", value)
    assert load_settings().admins == expected


@pytest.mark.parametrize("command", ["/s", "/support", "/" + "x" * 31, "/wer-hilft"])
def test_the_command_may_be_renamed(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("SUPPORT_COMMAND", command)
    assert load_settings().support_command == command


def test_the_command_for_renewals_may_be_renamed_but_not_to_the_other_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RENEWALS_COMMAND", "/wartung")
    assert load_settings().renewals_command == "/wartung"
    (fault,) = faults_with(monkeypatch, SUPPORT_COMMAND="/wartung")
    assert fault.startswith("RENEWALS_COMMAND = '/wartung': is SUPPORT_COMMAND already")
    (fault,) = faults_with(monkeypatch, SUPPORT_COMMAND="/wer", RENEWALS_COMMAND="Wartung")
    assert fault.startswith("RENEWALS_COMMAND = 'Wartung': a command begins with /")


def test_the_command_for_escalations_may_be_renamed_but_not_to_another_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ESCALATE_COMMAND", "/hoch")
    assert load_settings().escalate_command == "/hoch"
    (fault,) = faults_with(monkeypatch, RENEWALS_COMMAND="/hoch")
    assert fault.startswith("ESCALATE_COMMAND = '/hoch': is RENEWALS_COMMAND already")
    (fault,) = faults_with(monkeypatch, RENEWALS_COMMAND="/wartung", SUPPORT_COMMAND="/hoch")
    assert fault.startswith("ESCALATE_COMMAND = '/hoch': is SUPPORT_COMMAND already")


@pytest.mark.parametrize(("days", "expected"), [("1", 1), ("3650", 3650)])
def test_text_is_kept_between_a_day_and_ten_years(
    monkeypatch: pytest.MonkeyPatch, days: str, expected: int
) -> None:
    monkeypatch.setenv("KEEP_TEXT_DAYS", days)
    assert load_settings().keep_text_days == expected


def test_the_web_api_s_address_ends_with_a_slash_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:8080/api")
    assert load_settings().slack_api_url == "http://127.0.0.1:8080/api/"


def test_a_file_in_the_working_folder_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SUPPORT_COMMAND=/wer\nKEEP_TEXT_DAYS=7\nOTHERS=1\n", encoding="utf-8")
    monkeypatch.setenv("KEEP_TEXT_DAYS", "8")
    settings = load_settings()
    assert settings.support_command == "/wer"
    assert settings.keep_text_days == 8
    assert load_settings(keep_text_days=9).keep_text_days == 9


def test_an_empty_line_in_the_file_leaves_the_default(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=\nDATABASE_URL=\n", encoding="utf-8")
    settings = load_settings()
    assert settings.slack_bot_token is None
    assert settings.database_url.startswith("sqlite:///")


def test_the_example_lists_exactly_the_settings_with_their_defaults(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    names = [line.partition("=")[0] for line in lines if re.match("[A-Z_]+=", line)]
    assert names == [name.upper() for name in Settings.model_fields]
    bare = load_settings()
    (tmp_path / ".env").write_text("\n".join(lines), encoding="utf-8")
    assert load_settings() == bare


def test_every_setting_in_the_example_is_explained() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        assert not re.match("[A-Z_]+=", line) or before.startswith("#"), line
