"""The models of slack_sdk, with their checks found once for each class.

They look for them anew in every object, which takes half of the time that an answer takes to put together.
"""

from functools import cache

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


@cache
def _checks(kind: type[JsonObject]) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if hasattr(getattr(kind, name), "validator"))


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
