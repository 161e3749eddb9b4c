import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.cli.logs import set_up_logs
from bot.storage.database import Database
from bot.storage.tables import CompanyRow

SECRET = "what somebody wrote"


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    handlers, configuration = logging.getLogger().handlers[:], structlog.get_config()
    yield
    structlog.configure(**configuration)
    logging.getLogger().handlers[:] = handlers


def fails_with_a_secret_at_hand() -> None:
    local = SECRET
    raise RuntimeError(f"a text of {len(local)} letters")


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_a_traceback_shows_where_and_never_what_was_at_hand(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(log_format, verbose=True)
    try:
        fails_with_a_secret_at_hand()
    except RuntimeError:
        structlog.get_logger().exception("failed", key="message:T1:C1:1.0")
    logged = capsys.readouterr().err
    assert "fails_with_a_secret_at_hand" in logged
    assert "message:T1:C1:1.0" in logged
    assert SECRET not in logged


def test_an_error_of_the_database_does_not_tell_what_was_stored(database: Database) -> None:
    def add(session: Session) -> None:
        session.add(CompanyRow(slug="twice", name=SECRET, role="distributor"))

    with database.transaction() as session:
        add(session)
    with pytest.raises(IntegrityError) as error, database.transaction() as session:
        add(session)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("verbose", "quiet", "shown"), [(False, False, True), (False, True, False), (True, True, True)]
)
def test_quiet_leaves_out_what_goes_well(
    *, verbose: bool, quiet: bool, shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("json", verbose=verbose, quiet=quiet)
    structlog.get_logger().info("delivered", key="k")
    assert ("delivered" in capsys.readouterr().err) is shown
