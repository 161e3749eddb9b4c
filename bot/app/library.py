"""The running bot's knowledge: what it begins with, and where a change of it is looked for."""

from datetime import timedelta

from bot.app.matching import MatcherBehind, MeaningComes, matcher_of
from bot.app.parts import knowledge_with, scheme_with
from bot.domain.clock import Clock
from bot.domain.matching.match import Matching
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import edition_of
from bot.services import learning
from bot.services.bot import Bot, EscalationHabits
from bot.services.library import Edition, Library, Reader
from bot.settings import Settings
from bot.slack.blocks import render
from bot.storage.threads import Transactions


def open_library(
    settings: Settings, transactions: Transactions, clock: Clock
) -> tuple[Library, Reader, MatcherBehind]:
    """Make the bot from files and accepted phrases, and the reader that looks for changes of both.

    The bot's first matcher is not made yet: begin it, or the first question does.
    It waits for the database, so neither this nor the reader belongs on the event loop. Raises
    `KnowledgeError` with every fault.
    """

    def edition_now() -> Edition:
        return edition_of(settings.knowledge_dir), transactions.wait_for(learning.accepted_edition)

    def load() -> tuple[SupportScheme, Matching]:
        return knowledge_with(settings, transactions.wait_for(learning.accepted))

    seen = edition_now()
    scheme = scheme_with(settings, transactions.wait_for(learning.accepted))
    matcher = MatcherBehind(lambda: matcher_of(settings, scheme, MeaningComes.BEHIND))
    library = Library(
        Bot(
            scheme=scheme,
            matcher=matcher,
            render=render,
            clock=clock,
            admins=settings.admins,
            command=settings.support_command,
            renewals_command=settings.renewals_command,
            escalate_command=settings.escalate_command,
            escalations=EscalationHabits(
                settings.escalation_owner, timedelta(days=settings.escalation_close_days)
            ),
        )
    )
    return library, Reader(library, edition_now, load, seen), matcher
