"""VAT ids in their proper form: each begins with its country's letters, checked where its form is known."""

import re
from collections.abc import Callable
from functools import partial

from stdnum.ch import vat as swiss
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as british
from stdnum.is_ import vsk as icelandic
from stdnum.no import mva as norwegian

Check = Callable[[str], str]
_OTHER = re.compile(r"(?=.*[0-9])[A-Z0-9]{2,20}")


def vat_id(value: str, country: str) -> str:
    """Return a VAT id in the form in which it is kept; `country` (ISO 3166, or empty) is the address's.

    It may be of another country than the address: then its own country is the one that taxes. Ids of the EU,
    the United Kingdom, Switzerland, Norway and Iceland are checked; of others only the signs. Raises
    `ValueError` with the remedy.
    """
    number = re.sub(r"[\s./-]", "", value).upper()
    own = {"GR": "EL"}.get(country, country)
    # As written first, then as the country's own: some write it without its letters.
    for letters, written in ((number[:2], number), (own, own + number)):
        proper = _checked(letters, written)
        if proper:
            return proper
    if own and own not in _CHECKS:
        kept = number if number.startswith(own) and number != own else own + number
        if _OTHER.fullmatch(kept):
            return kept
    raise ValueError(_remedy(number, own))


def _checked(letters: str, number: str) -> str:
    """Return the proper form, empty when it is not well-formed or its form is not known."""
    check = _CHECKS.get(letters)
    try:
        return check(number) if check else ""
    except ValidationError:
        return ""


def _remedy(number: str, own: str) -> str:
    if "CH" in (number[:2], own) and re.fullmatch(r"(CHE)?[0-9]{9}", number):
        return "this is a Swiss company's number: write what the tax office gave, as CHE-123.456.788 MWST"
    if "NO" in (number[:2], own) and re.fullmatch(r"(NO)?[0-9]{9}", number):
        return "this is a Norwegian company's number: write it as NO 995 525 828 MVA if it is registered"
    if number[:2] not in _CHECKS and not own:
        return (
            "it does not tell its country: begin it with the country's letters, such as DE, or fill country"
        )
    if own not in _CHECKS and number[:2] not in _CHECKS:
        return "this is no VAT id: write its letters and digits, 20 at most, or leave it empty"
    return "this is no valid VAT id (its length or check digit is wrong): correct it or leave it empty"


def _european(number: str) -> str:
    return str(european.validate(number))


def _swiss(number: str) -> str:
    number = re.sub(r"^CH(?=[0-9])", "CHE", number)
    swiss.validate(number)
    return str(swiss.format(number))


def _with_letters(letters: str, validate: Check, number: str) -> str:
    return f"{letters}{validate(number)}"


_CHECKS: dict[str, Check] = {
    **{state.upper(): _european for state in european.MEMBER_STATES - {"gr"}},
    "EL": _european,
    "CH": _swiss,
    "GB": partial(_with_letters, "GB", british.validate),
    "IS": partial(_with_letters, "IS", icelandic.validate),
    "NO": partial(_with_letters, "NO", norwegian.validate),
}
