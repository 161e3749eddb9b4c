"""What a period of maintenance costs, in words: net, VAT with its reason, gross."""

from functools import lru_cache

from bot.domain.maintenance.vat import Charge
from bot.domain.scheme import Language
from bot.wording import say
from bot.wording.formats import amount, rate


@lru_cache(maxsize=1024)
def price(language: Language, charge: Charge, currency: str) -> str:
    """Write a charge, such as EUR 99.00 + 19% VAT EUR 18.81 = EUR 117.81.

    Remembered, because thousands of reminders name the same few charges.
    """
    return say(
        language,
        f"price.{charge.vat.reason}",
        net=amount(language, charge.net_cents, currency),
        rate=rate(language, charge.vat.rate),
        vat=amount(language, charge.vat_cents, currency),
        gross=amount(language, charge.gross_cents, currency),
    )
