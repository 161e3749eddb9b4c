"""Everybody walks through all that the bot shows them, and reads nothing confidential that is not theirs."""

import json
from base64 import b64decode
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from msgspec import Struct

from bot.domain.network import Role
from bot.domain.rights import Action, may
from bot.domain.scheme import Language
from bot.playground import LocalSlack
from bot.playground.blocks import elements_in
from bot.playground.people import PersonInTests
from bot.wording import say
from tests.fuzz.world import EXTERNAL, World

QUESTION = "the second PC of Kieferorthopädie am Markt cannot find the server, package OC-10417"
PLACES = ("@Signpost", "#support")
TERMS = Action.EDIT_COMPANY
"""Whoever keeps a company's data reads its terms and all its contacts."""
NUMBERS = ("OC-10417", "OC-40120", "OC-40177")
"""A licence package of each of three practices."""
WORDS = {
    "/support": (
        "",
        "help",
        "topics",
        "practice",
        "channel",
        "escalations",
        "escalation ESC-2026-0001",
        QUESTION,
    ),
    "/renewals": ("", "all", "overdue", *(f"package {one}" for one in NUMBERS), "statement", "help"),
}
SECRETS: Mapping[tuple[str, Action], tuple[str, ...]] = {
    ("markt", Action.ASK_FOR_PRACTICE): ("Kieferorthopädie am Markt",),
    ("markt", Action.SEE_RENEWALS): ("OC-10417", "OC-10418", "66969 301", "anna@kfo-am-markt.example"),
    ("markt", Action.SEE_ESCALATION): ("The second PC finds no server", "Port 16300"),
    ("smile", Action.ASK_FOR_PRACTICE): ("Smile Orthodontics",),
    ("smile", Action.SEE_RENEWALS): (
        "OC-40120",
        "496 0388",
        "priya@smile-orthodontics.example",
        "CD-2025-0917",
    ),
    ("northgate", Action.ASK_FOR_PRACTICE): ("Northgate Orthodontic",),
    ("northgate", Action.SEE_RENEWALS): ("OC-40177", "960321", "grace@northgate-ortho.example"),
    ("nord", TERMS): ("EUR 180",),
    ("castle", TERMS): ("oliver@castle-dental.example", "496 0125", "GBP 250"),
}
"""What is confidential, by whose it is, and by the right that lets somebody read it."""


class Walker(Struct, frozen=True):
    """Somebody, and whose confidential things are their own."""

    handle: str
    role: Role
    own: frozenset[str] = frozenset()

    def may_read(self, whose: str, right: Action) -> bool:
        """Say whether the rights let them read what is confidential there."""
        # A practice reads its own vendor's terms and contacts, which it cannot edit.
        return may(self.role, right, is_own=whose in self.own) or (right is TERMS and whose in self.own)


WALKERS = (
    Walker("mira", Role.OUTSIDER),
    Walker(EXTERNAL, Role.OUTSIDER),
    Walker("anna", Role.PRACTICE, frozenset({"markt", "nord"})),
    Walker("priya", Role.PRACTICE, frozenset({"smile", "castle"})),
    Walker("tom", Role.DISTRIBUTOR, frozenset({"markt", "nord"})),
    Walker("oliver", Role.DISTRIBUTOR, frozenset({"smile", "northgate", "castle"})),
    # For its customer a partner is answered as the practice is, with what the vendor charges.
    Walker("nora", Role.PARTNER, frozenset({"markt", "nord"})),
    Walker("ines", Role.ADMIN),
)


BRIEF = frozenset({"mira", "oliver"})
"""Who walks in every run; all others in the long one."""


@pytest.mark.parametrize(
    "walker",
    [
        pytest.param(one, id=one.handle, marks=() if one.handle in BRIEF else pytest.mark.exhaustive)
        for one in WALKERS
    ],
)
def test_whoever_walks_through_everything_reads_no_more_than_the_rights_give_them(
    world: World, walker: Walker
) -> None:
    shown = walk(world, walker)
    told = "\n".join(shown)
    for (whose, right), secrets in SECRETS.items():
        leaks = [one[:1500] for secret in secrets for one in shown if secret in one]
        if not walker.may_read(whose, right):
            assert not leaks
        elif right is Action.SEE_RENEWALS:
            assert secrets[0] in told, "the walk does not even reach what is one's own"


# ---- walking ---------------------------------------------------------------------------------------


def walk(world: World, walker: Walker) -> list[str]:
    """Let somebody walk, and return all that they were shown, without their own words."""
    shown = world.run(_walk(world.slack, walker.handle))
    world.settle()
    me = world.slack.user_id(walker.handle)
    # What waits to be said to them alone counts as said: Slack takes one message a second.
    waits = [content for _, content in world.said_since(0) if _is_for(me, content)]
    shown += [json.dumps(content, ensure_ascii=False) for content in waits]
    shown += [b64decode(content["data"]).decode(errors="replace") for content in waits if "data" in content]
    seen = world.slack.person(walker.handle).all_she_sees()
    shown += [_raw(message.message) for message in seen if message.message.bot_id]
    return [_without_echoes(one) for one in shown]


def _without_echoes(text: str) -> str:
    """Leave out what they said themselves, which the bot may say back."""
    for language, number in product(Language, NUMBERS):
        told = say(language, "renewals.hint.no-package", command="/renewals", package=number)
        text = text.replace(told, "")
    return text.replace(QUESTION, "")


def _is_for(user_id: str, content: dict[str, Any]) -> bool:
    return user_id in (content.get("user"), content.get("user_id"), content.get("channel"))


async def _walk(slack: LocalSlack, handle: str) -> list[str]:
    """Say and press everything that somebody can, and return all that they could see."""
    person = slack.person(handle)
    shown: list[str] = []
    if handle != EXTERNAL:  # People of other workspaces have no commands.
        await person.runs("/escalate the server is gone", in_="#support")
        shown += await _modals(slack, person)
        for name, texts in WORDS.items():
            for text in texts:
                await person.runs(f"{name} {text}", in_="#support")
    for place in PLACES:
        await person.mentions(QUESTION, in_=place)
        await person.mentions("practice", in_=place)
    await person.opens_home()
    await person.sees_home(within=20)
    await _press_all(slack, person, shown)
    return shown


async def _press_all(slack: LocalSlack, person: PersonInTests, shown: list[str]) -> None:
    home = slack.workspace.homes.get(person.user_id)
    if home is not None:
        shown.append(json.dumps(home.body, ensure_ascii=False))
        for block_id, action_id in _buttons(home.body["blocks"]):
            current = slack.workspace.homes[person.user_id]
            if (block_id, action_id) in _buttons(current.body["blocks"]):
                await slack.interactions.act_on_view(person.user_id, current, block_id, action_id)
                shown += await _modals(slack, person)
    for seen in person.all_she_sees():
        if seen.message.bot_id is None:
            continue
        shown.append(_raw(seen.message))
        for block_id, action_id in _buttons(seen.message.blocks):
            message = slack.workspace.message(seen.channel, seen.ts)
            if message is not None and (block_id, action_id) in _buttons(message.blocks):
                await slack.interactions.act_on_message(person.user_id, message, block_id, action_id)
                shown += await _modals(slack, person)


async def _modals(slack: LocalSlack, person: PersonInTests) -> list[str]:
    """Return the modals that lie open, and close them."""
    stack = slack.workspace.modals.get(person.user_id, ())
    found = [json.dumps(dict(view.body), ensure_ascii=False) for view in stack]
    if stack:
        await person.closes_modal(all_of_them=True)
    return found


def _buttons(blocks: Any) -> list[tuple[str, str]]:
    return [
        (block["block_id"], element["action_id"])
        for block in blocks
        for element in elements_in(block)
        if element["type"] == "button" and not _changes(element["action_id"])
    ]


def _changes(action_id: str) -> bool:
    """Say whether a press would change what the others walk through."""
    return any(
        word in action_id for word in ("confirm", "refuse", "drop", "solved", "esc-", "fix-done", "still")
    )


def _raw(message: Any) -> str:
    return json.dumps([message.text, list(message.blocks)], ensure_ascii=False, default=str)
