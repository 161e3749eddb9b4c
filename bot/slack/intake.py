"""What the listeners need."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.services.bot import Bot
from bot.slack.worker import Worker
from bot.storage.threads import Transactions


@dataclass(frozen=True)
class Intake:
    """Where listeners put what arrives. `spoken` is called after a use case queued something to say."""

    bot: Bot
    worker: Worker
    transactions: Transactions
    bot_user_id: str
    spoken: Callable[[], None]
