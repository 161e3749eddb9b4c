"""The engine and its transactions, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Engine, ExceptionContext, Transaction, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from bot.storage.afresh import start_afresh
from bot.storage.immediate import lock_at_once, sqlite_engine
from bot.storage.joint import alike, as_one
from bot.storage.memory import Memory

Result = TypeVar("Result")

MAX_TRIES = 12
FIRST_WAIT_SECONDS = 0.005
LONGEST_WAIT_SECONDS = 0.3
CONFLICTS = frozenset({"40001", "40P01", "23505"})
"""What to run again on PostgreSQL: serialisation failure, deadlock, and a key that was free when we looked.

https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
"""


class Isolation(StrEnum):
    """How far transactions on PostgreSQL are kept apart; those on SQLite always come one after the other.

    `READ_COMMITTED` is for a use case that locks every row before it decides about it: nothing else is safe.
    """

    SERIALIZABLE = "SERIALIZABLE"
    READ_COMMITTED = "READ COMMITTED"


class Database:
    """One database. Its transactions are serialisable: reading and then writing never loses an update."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.memory: Memory = {}
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = sqlite_engine(self.url) if self.is_sqlite else _postgresql_engine(url)

    def make_folder(self) -> None:
        """Make the folder that a SQLite file lies in, and the file, which only its owner can read."""
        if self.is_sqlite and self.url.database:
            path = Path(self.url.database)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)

    def run(
        self, use_case: Callable[[Session], Result], isolation: Isolation = Isolation.SERIALIZABLE
    ) -> Result:
        """Run `use_case` in a transaction and return what it returned; what it raises rolls back.

        When PostgreSQL finds that it conflicts with another transaction, it is run again from the beginning,
        in a new session, `MAX_TRIES` times in all: it must change nothing but what the session holds.
        """
        if self.is_sqlite:
            return self._once(use_case, isolation)
        result: Result = _trying_again(self._once, use_case, isolation)
        return result

    def run_together(
        self,
        use_cases: Iterable[Callable[[Session], Result]],
    ) -> list[Result]:
        """Run use cases in one transaction, in their order, and return what each returned.

        Each begins with an empty session and sees what those before it wrote. When one raises, nothing of any
        is kept. `use_cases` may grow while it is read.
        """
        shared = self._begin(self._engine(Isolation.SERIALIZABLE).connect())
        try:
            results = [shared.run(use_case) for use_case in use_cases]
        except BaseException:
            shared.roll_back()
            raise
        shared.commit()
        return results

    def begin_at_once(self) -> "Shared":
        """Begin a transaction for several use cases on SQLite, unless that means waiting.

        `sqlite3.OperationalError` when somebody else writes just then.
        """
        connection = self.engine.connect()
        try:
            lock_at_once(connection)
        except BaseException:
            connection.close()
            raise
        return self._begin(connection)

    @contextmanager
    def transaction(self, isolation: Isolation = Isolation.SERIALIZABLE) -> Iterator[Session]:
        """Give a session; commit when the block ends, roll back when it raises.

        A block cannot be run again: where others write as well it may fail, so use `run` there.
        """
        with self._session(self._engine(isolation)) as session, session.begin():
            yield session

    def on_error(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the kind of every error (`conflict`, `unavailable`, `other`), in any thread.

        What conflicts is run again. Unavailable is a database that is locked, full, or does not answer.
        """

        def heard(context: ExceptionContext) -> None:
            listener(_kind_of(context.sqlalchemy_exception or context.original_exception))

        event.listen(self.engine, "handle_error", heard)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def _begin(self, connection: Connection) -> "Shared":
        try:
            return Shared(connection, connection.begin(), self._session(connection))
        except BaseException:
            connection.close()
            raise

    def _engine(self, isolation: Isolation) -> Engine:
        return self.engine if self.is_sqlite else self.engine.execution_options(isolation_level=isolation)

    def _session(self, bind: Engine | Connection) -> Session:
        """Make a session. On a connection it takes part in a transaction, which it does not end."""
        return Session(
            bind,
            expire_on_commit=False,
            join_transaction_mode="rollback_only",
            info={"memory": self.memory},
        )

    def _once(self, use_case: Callable[[Session], Result], isolation: Isolation) -> Result:
        with self.transaction(isolation) as session:
            return use_case(session)


class Shared(Struct, frozen=True):
    """A transaction that several use cases share. It may be committed in another thread than it began in."""

    connection: Connection
    transaction: Transaction
    session: Session

    def run(self, use_case: Callable[[Session], Result]) -> Result:
        """Run `use_case` and leave the session as if it were new, which costs less than a new one."""
        result = use_case(self.session)
        start_afresh(self.session)
        return result

    def run_all(self, use_cases: Sequence[Callable[[Session], Any]]) -> list[Any]:
        """Run use cases in their order, but what is alike as one, and return what each returned."""
        results: dict[int, Any] = {}
        for places in alike(use_cases):
            found = self.run(as_one([use_cases[place] for place in places]))
            results.update(zip(places, found, strict=True))
        return [results[place] for place in range(len(use_cases))]

    def commit(self) -> None:
        """Write all to the disk; what this raises leaves nothing of any."""
        with self.connection, self.transaction:
            self.session.close()

    def roll_back(self) -> None:
        """Take all back."""
        with self.connection:
            self.session.close()
            self.transaction.rollback()


def _is_conflict(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in CONFLICTS


def _kind_of(error: BaseException) -> str:
    if _is_conflict(error):
        return "conflict"
    return "unavailable" if isinstance(error, OperationalError) else "other"


_trying_again = Retrying(
    retry=retry_if_exception(_is_conflict),
    stop=stop_after_attempt(MAX_TRIES),
    # Whoever met waits for a time of its own, or they meet again.
    wait=wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
    reraise=True,
)


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "handle_error", _leave_rows_out)
    return engine


def _leave_rows_out(context: ExceptionContext) -> None:
    """Cut an error down to its first line: in the others PostgreSQL tells the row that it refused."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])
