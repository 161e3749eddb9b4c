"""The models of slack_sdk, with their checks and attributes found once for each class.

They look for them anew in every object, and walk through what is within again at each level, which takes most
of the time that an answer takes to put together.
"""

from functools import cache
from typing import Any

from slack_sdk.models import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    MarkdownTextObject,
    Option,
    OptionGroup,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)


class Checked(JsonObject):
    """Knows the checks of its class."""

    def validate_json(self) -> None:
        """Raise `SlackObjectFormationError` for what breaks a limit of Slack's."""
        for name in _checks(type(self)):
            getattr(self, name)()

    def get_non_null_attributes(self) -> dict[str, Any]:
        """Return what is not empty as JSON values, checked."""
        found: dict[str, Any] = {}
        for name in _attributes(type(self)):
            value = getattr(self, name, None)
            if value is not None and not (type(value) in _SIZED and not value):
                found[name] = _plain(value)
        return found


@cache
def _checks(kind: type[JsonObject]) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if hasattr(getattr(kind, name), "validator"))


@cache
def _attributes(kind: type[JsonObject]) -> tuple[str, ...]:
    # They are the same for every object of a class, so one that holds nothing yet tells them.
    return tuple(sorted(object.__new__(kind).attributes))


_SIZED = frozenset({str, list, tuple, dict})
_AS_THEY_ARE = frozenset({str, bool, int})


def _plain(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, JsonObject):
        return value.to_dict()
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


class Actions(Checked, ActionsBlock):
    """Buttons and menus."""


class Button(Checked, ButtonElement):
    """A button."""


class Context(Checked, ContextBlock):
    """Small print."""


class Markdown(Checked, MarkdownTextObject):
    """Words with markup."""


class Choice(Checked, Option):
    """An entry of a menu."""


class Choices(Checked, OptionGroup):
    """Entries of a menu under a heading."""


class Plain(Checked, PlainTextObject):
    """Words without markup."""


class Section(Checked, SectionBlock):
    """A paragraph."""


class Menu(Checked, StaticSelectElement):
    """A menu."""
