"""All that the bot listens to, asked of the bot itself, so that nothing new can be forgotten here."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

from msgspec import Struct, field

from bot.services.bot import Bot
from bot.slack.blocks import render
from bot.slack.listeners import register
from tests.builders import ScriptedMatcher, scheme

Constraint = str | re.Pattern[str]
OTHER = "signpost.of-an-earlier-version"


class Switchboard(Struct):
    """Takes the listeners in the app's place, and remembers for what."""

    actions: list[Constraint] = field(default_factory=list)
    views: list[Constraint] = field(default_factory=list)
    commands: list[Constraint] = field(default_factory=list)
    shortcuts: list[Constraint] = field(default_factory=list)
    events: list[Constraint] = field(default_factory=list)

    def _taking(self, into: list[Constraint]) -> Callable[[Constraint], Callable[[Any], None]]:
        def take(constraint: Constraint) -> Callable[[Any], None]:
            into.append(constraint)
            return lambda _listener: None

        return take

    def __getattr__(self, name: str) -> Any:
        kinds = {"action": self.actions, "view": self.views, "command": self.commands}
        kinds |= {"shortcut": self.shortcuts, "event": self.events}
        return self._taking(kinds[name]) if name in kinds else lambda _function: None


def registered() -> Switchboard:
    """Let the bot register all its listeners."""
    board = Switchboard()
    bot = Bot(scheme(), ScriptedMatcher(), render)
    register(cast(Any, board), cast(Any, SimpleNamespace(bot=bot)))
    return board


def action_ids() -> list[str]:
    """Return every action id that some listener takes; of endless ones some."""
    found = [one for constraint in registered().actions for one in spelled(constraint) if one]
    return [*dict.fromkeys(found), OTHER]


def callback_ids() -> list[str]:
    """Return the callback id of every form; one listener takes all others."""
    return [one for one in registered().views if isinstance(one, str)]


def spelled(constraint: Constraint) -> list[str]:
    """Return what a constraint takes; for what may repeat without end, the shortest and one more."""
    if isinstance(constraint, str):
        return [constraint]
    parser: Any = re._parser  # type: ignore[attr-defined]
    found = [
        "".join(parts)
        for parts in product(*(list(_one(*piece)) for piece in parser.parse(constraint.pattern)))
    ]
    return [one for one in found if constraint.search(one)]


def _one(kind: Any, what: Any) -> Iterator[str]:
    match str(kind):
        case "LITERAL":
            yield chr(what)
        case "ANY":
            yield "x"
        case "IN":
            yield "0"
        case "SUBPATTERN":
            yield from _all(what[-1])
        case "BRANCH":
            for branch in what[1]:
                yield from _all(branch)
        case "MAX_REPEAT":
            least, _, repeated = what
            for count in (least, least + 1):
                yield from ("".join(parts) for parts in product(*[list(_all(repeated))] * count))
        case _:
            yield ""


def _all(pieces: Any) -> list[str]:
    return ["".join(parts) for parts in product(*(list(_one(*piece)) for piece in pieces))]
