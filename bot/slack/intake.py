"""What the listeners need."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from bot.services.bot import Bot
from bot.services.library import Library
from bot.slack.worker import Worker
from bot.storage.threads import Transactions


class Intake(Struct, frozen=True):
    """Where listeners put what arrives.

    `spoken` is called after a use case queued something to say, `gone` when a workspace took the app away,
    with the Unix time of that.
    """

    library: Library
    worker: Worker
    transactions: Transactions
    spoken: Callable[[], None]
    gone: Callable[[str, int], Awaitable[None]]

    @property
    def bot(self) -> Bot:
        """The bot with the newest knowledge; whoever decides something takes it once."""
        return self.library.bot
