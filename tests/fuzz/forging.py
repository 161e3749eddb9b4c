"""Presses and forms that nobody was given: with the keys of what belongs to somebody else."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.domain.editing import FIELDS, ListKind, Sheet
from bot.domain.escalation.work import FORMS
from bot.slack.listeners.renewals import TAKING
from tests.fuzz.world import PRACTICE, Foreign, World

Json = dict[str, Any]
NUMBERED = {
    "esc-": ("escalation",),
    "escalation-timeline": ("escalation",),
    "thread-file": ("file",),
    "renewed": ("message",),
    "remind-on": ("message",),
    "not-renewing": ("message",),
    "wrong-contact": ("message",),
    "claim-": ("entry",),
    "still-renewing": ("entry",),
    "fix-done": ("fix",),
    "edit-contact": ("company", "contact"),
    "edit-add-contact": ("company",),
    "edit-drop-contact": ("contact",),
    "edit-absence": ("company", "absence"),
    "edit-add-absence": ("company",),
    "edit-drop-absence": ("absence",),
    "edit-practice": ("practice", "company"),
    "edit-": ("company",),
    "escalate": ("question",),
    "solved": ("question",),
    "not-this": ("question",),
    "topic": ("question",),
    "say-practice": ("question",),
}
"""What the number in a button's value is, by how its action begins; of an unknown action it is everything."""


def presses(action_id: str, world: World) -> Iterator[Json]:
    """Give the forged presses of an action."""
    foreign = world.foreign
    name = action_id.removeprefix("signpost.")
    kinds = next(
        (kinds for begins, kinds in NUMBERED.items() if name.startswith(begins)), tuple(foreign.keys)
    )
    for number in dict.fromkeys(key for kind in kinds for key in foreign[kind]):
        for value in _values(name, number, foreign):
            if name.endswith("more"):
                yield {"action_id": action_id, "selected_option": {"value": value}}
            else:
                yield {"action_id": action_id, "value": value}


def _values(name: str, number: int, foreign: Foreign) -> list[str]:
    if name.startswith("topic"):
        return [f"{number} database-restore"]
    if name.startswith("thread-file"):
        return [f"{number} 0"]
    if name.startswith("esc-more"):
        return [f"{number} {move}" for move in FORMS]
    if name.startswith("edit-drop"):
        return [f"{number} 123456789012"]
    if name in ("edit-confirm", "edit-refuse"):
        return [f"{foreign['claimant'][0]} {foreign['practice'][0]}"]
    return [str(number)]


def forms(callback_id: str, world: World) -> Iterator[Json]:
    """Give the forged submissions of a form, as their view."""
    forge = _FORGED.get(callback_id)
    assert forge is not None, f"{callback_id}: say in _FORGED what a forged submission of this form carries."
    for carried, values in forge(world):
        yield _view(callback_id, carried, values)


def _introductions(world: World) -> Iterator[tuple[Json, Json]]:
    yield _origin(world), _fields("practice-", {"vendor": "nobody"})


def _escalations(world: World) -> Iterator[tuple[Json, Json]]:
    yield _escalate(world.foreign), _fields("escalate-", _escalation(world.foreign))


def _works(world: World) -> Iterator[tuple[Json, Json]]:
    for key in world.foreign["escalation"]:
        for move in FORMS:
            carried = {"id": key, "move": move, "seen": 0, "channel": ""}
            yield carried, _fields("escalation-work-", _work(world.foreign))


def _answers(world: World) -> Iterator[tuple[Json, Json]]:
    for step in TAKING:
        kind = "entry" if step.startswith("claim") else "message"
        for key in world.foreign[kind]:
            yield _renewal(world.foreign, step, key), _fields("renewal-", _answer())


def _edits(world: World) -> Iterator[tuple[Json, Json]]:
    keys = {world.foreign[kind][0] for kind in ("company", "contact", "absence", "practice")}
    for sheet in Sheet:
        for key in keys | {0}:
            values = {name: _edited(name) for name in FIELDS[sheet]}
            about = {"sheet": sheet, "key": key, "company": world.foreign["company"][0], "seen": {}}
            yield {"language": "en", **about}, _fields("edit-", values)


def _searches(world: World) -> Iterator[tuple[Json, Json]]:
    for kind in ListKind:
        carried = {"language": "en", "list": kind, "company": world.foreign["company"][0]}
        yield carried, _fields("edit-", {"search": "e"})


_FORGED: dict[str, Callable[[World], Iterator[tuple[Json, Json]]]] = {
    "signpost.practice": _introductions,
    "signpost.escalate": _escalations,
    "signpost.escalation-work": _works,
    "signpost.renewal": _answers,
    "signpost.edit": _edits,
    "signpost.edit-search": _searches,
}


def _view(callback_id: str, carried: Json, values: Json) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": json.dumps(carried),
        "state": {"values": values},
    }


def _fields(prefix: str, values: dict[Any, str]) -> Json:
    """Fill a value into a field in all the ways in which Slack may tell it."""
    return {
        f"{prefix}{name}": {
            f"{prefix}{name}": {
                "value": value,
                "selected_option": {"value": value},
                "selected_options": [{"value": value}],
            }
            | ({"selected_date": value} if name == "date" or value == "2026-11-24" else {})
            | ({"selected_user": value} if name == "person" else {})
        }
        for name, value in values.items()
    }


def _origin(world: World) -> Json:
    place = {
        "channel_id": world.slack.channel_id("support"),
        "message_ts": world.answer_ts,
        "response_url": "",
    }
    about = {"press": "topic", "question_id": world.foreign["question"][0], "topic": ""}
    return {"language": "en", **about, **place, "action_ts": world.next()}


def _escalate(foreign: Foreign) -> Json:
    place = {"channel_id": "", "message_ts": ""}
    ids = {"question_id": foreign["question"][0], "practice_id": foreign["practice"][0]}
    return {"language": "en", "nonce": "forged", **ids, **place}


def _escalation(foreign: Foreign) -> dict[str, str]:
    return {
        "topic": "server-installation",
        "practice": str(foreign["practice"][0]),
        "package": "OC-10417",
        "asked": "x",
        "happened": "forged",
        "reach-me": "forged",
        "urgency": "stopped",
        "wishes": "direct",
    }


def _work(foreign: Foreign) -> dict[str, str]:
    chosen = {"to_person": str(foreign["staff"][0]), "to_company": str(foreign["company"][0])}
    return {"text": "forged", "error_text": "E 1", "version": "3.2", "has_consent": "yes", **chosen}


def _renewal(foreign: Foreign, step: str, key: int) -> Json:
    place = {"channel": "D1", "ts": "1.1", "seen": 0}
    return {"language": "en", "step": step, "ids": [key], **place, "only": foreign["period"][0]}


def _answer() -> dict[str, str]:
    words = dict.fromkeys(("po-number", "invoice-number", "reference", "words", "name"), "forged")
    return {**words, "date": "2026-11-24", "kind": "paid", "amount": "1", "why": "other", "person": "UEVE"}


def _edited(name: str) -> str:
    special = {"opening-hours": "24/7", "first-on": "2026-11-24", "last-on": "2026-11-24", "name": PRACTICE}
    return special.get(name, "forged")


def press_payload(world: World, handle: str, action: Json, channel: str = "support") -> Json:
    """Return a press by somebody under a message in a channel where many are."""
    slack = world.slack
    place = {"channel_id": slack.channel_id(channel), "message_ts": world.answer_ts}
    return {
        "type": "block_actions",
        **_who(world, handle),
        "container": {"type": "message", "is_ephemeral": False, **place},
        "channel": {"id": place["channel_id"], "name": channel},
        "response_url": "",
        "actions": [{"type": "button", "block_id": "b1", "action_ts": world.next(), **action}],
    }


def form_payload(world: World, handle: str, view: Json) -> Json:
    """Return a submission by somebody."""
    return {
        "type": "view_submission",
        **_who(world, handle),
        "view": {"id": f"V{world.next()}", "type": "modal", **view},
    }


def _who(world: World, handle: str) -> Json:
    slack = world.slack
    person = slack.workspace.people[slack.user_id(handle)]
    return {
        "user": {"id": person.id, "username": handle, "name": handle, "team_id": person.team_id},
        "team": {"id": slack.team_id, "domain": "local"},
        "trigger_id": slack.triggers.issue(person.id),
        "api_app_id": "A1",
        "token": "unused",
    }
