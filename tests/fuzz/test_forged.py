"""Nobody presses or submits what is somebody else's: walked over every button and form that the bot knows."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.fuzz.forging import form_payload, forms, press_payload, presses
from tests.fuzz.registered import OTHER, action_ids, callback_ids
from tests.fuzz.world import EXTERNAL, World

FORGERS = ("mira", EXTERNAL, "grace", "oliver")
"""Somebody of no company, of another workspace, of another practice, and of another distributor."""
BRIEF = frozenset({("oliver", "presses"), ("oliver", "forms"), ("mira", "forms")})
"""Who does what in every run; all the rest in the long one."""
SECRETS = (
    *("Kieferorthopädie am Markt", "OC-10417", "Lehmann", "kfo-am-markt", "66969 301", "Inventur", "opg.png"),
    *("The second PC", "Port 16300", "PO 4711", "EUR 180", "66969 117"),
)
MODAL = frozenset({"views.open", "views.update", "views.push"})


def shown(world: World, answer: Any, before: tuple[int, int]) -> list[str]:
    """Return all that was said since: the answer, views that were opened, and what waits in the outbox."""
    calls, row = before
    views = [
        json.dumps(call.args, ensure_ascii=False)
        for call in world.slack.calls[calls:]
        if call.method in MODAL
    ]
    said = [json.dumps(content, ensure_ascii=False) for _, content in world.said_since(row)]
    return [*([json.dumps(answer, ensure_ascii=False)] if answer else []), *views, *said]


@pytest.mark.parametrize(
    ("forger", "kind"),
    [
        pytest.param(*one, marks=() if one in BRIEF else pytest.mark.exhaustive)
        for one in product(FORGERS, ("presses", "forms"))
    ],
)
def test_a_forged_press_or_form_changes_nothing_and_shows_nothing_of_anybody_else(
    world: World, forger: str, kind: str
) -> None:
    faults: list[Any] = []
    stood = world.stored()
    for forged in forgeries(world, kind):
        before = (len(world.slack.calls), world.last_said())
        payload = press_payload if kind == "presses" else form_payload
        answer = world.send("interactive", payload(world, forger, forged))
        told = shown(world, answer.body, before)
        faults += [] if answer.is_given else [("not acknowledged", forged)]
        faults += [("shown", secret, forged, one) for one in told for secret in SECRETS if secret in one]
        faults += [("silent", forged)] if not told and forged.get("action_id") != OTHER else []
    assert not faults + world.trouble
    assert not world.stored() ^ stood


def forgeries(world: World, kind: str) -> Iterator[dict[str, Any]]:
    """Give the forged actions or views."""
    names, forge = (action_ids(), presses) if kind == "presses" else (callback_ids(), forms)
    for name in names:
        yield from forge(name, world)
