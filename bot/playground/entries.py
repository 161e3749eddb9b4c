"""What Slack itself finds wrong with a modal's inputs, before the app hears of the submission."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.values import value_field
from bot.playground.workspace import View

Element = Mapping[str, Any]

REQUIRED = "Please complete this required field."


def entry_faults(view: View) -> dict[str, str]:
    """The complaints by block_id; empty when everything may be sent."""
    faults: dict[str, str] = {}
    for block in view.body["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        entry = view.values.get(block["block_id"], {}).get(element["action_id"], {})
        value = entry.get(value_field(element["type"]))
        if value in (None, "", []):
            if not block.get("optional"):
                faults[block["block_id"]] = REQUIRED
        elif complaint := _CHECKS.get(element["type"], _anything)(element, value):
            faults[block["block_id"]] = complaint
    return faults


def _anything(element: Element, value: Any) -> str:
    return ""


def _text(element: Element, value: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(value) > most else ""


def _number(element: Element, value: str) -> str:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter at most {element['max_value']}."
    return ""


def _mail(element: Element, value: str) -> str:
    return "" if re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", value) else "Please enter an e-mail address."


def _address(element: Element, value: str) -> str:
    return (
        "" if re.fullmatch(r"https?://\S+", value) else "Please enter an address that begins with https://."
    )


_CHECKS: Mapping[str, Callable[[Element, Any], str]] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _mail,
    "url_text_input": _address,
}
