"""How long things are kept, as the settings say."""

from datetime import timedelta

from bot.domain.keeping import Keep
from bot.settings import Settings

DAYS_IN_A_YEAR = 366


def keep_of(settings: Settings) -> Keep:
    """Return the settings' days and years as durations."""
    return Keep(
        text=timedelta(days=settings.keep_text_days),
        escalations=timedelta(days=settings.keep_escalation_days),
        strangers=timedelta(days=settings.keep_stranger_days),
        changes=timedelta(days=settings.keep_change_days),
        # Accounts are kept to the end of the year in which they were made, and so many years on.
        accounts=timedelta(days=(settings.keep_account_years + 1) * DAYS_IN_A_YEAR),
    )
