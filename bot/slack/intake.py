"""What the listeners need."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.services.bot import Bot
from bot.services.library import Library
from bot.slack.worker import Worker
from bot.storage.threads import Transactions


@dataclass(frozen=True)
class Intake:
    """Where listeners put what arrives. `spoken` is called after a use case queued something to say."""

    library: Library
    worker: Worker
    transactions: Transactions
    bot_user_id: str
    spoken: Callable[[], None]

    @property
    def bot(self) -> Bot:
        """The bot with the newest knowledge; whoever decides something takes it once."""
        return self.library.bot
