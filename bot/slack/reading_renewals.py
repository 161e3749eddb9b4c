"""Slack's payloads about renewals, read into values: what was pressed, and what a form came back with."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.maintenance.answers import Field, Filled, Origin, PackageOption, RenewalForm, WhyNot
from bot.domain.maintenance.entries import EntryKind
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.slack.blocks.parts import ACTION
from bot.slack.blocks.renewal_forms import SETTLING, block_id
from bot.slack.reading import MAX_DIGITS, Payload, read_place
from bot.slack.shapes import Id, Key, Shape, UnreadableError, carried

MAX_NUMBERS = 200
"""No button of ours carries more numbers."""


def read_answer(body: Payload) -> Origin:
    """Read a pressed button; without numbers where its value is not one that we gave out."""
    action, place = body["actions"][0], read_place(body)
    step = str(action["action_id"]).removeprefix(ACTION)
    where = f"{place['workspace_id']}:{place['channel_id']}:{place['message_ts']}"
    when = f"{place['user'].user_id}:{action.get('action_ts') or ''}"
    return Origin(
        step=step,
        ids=_numbers(str(action.get("value") or "")),
        workspace_id=place["workspace_id"],
        user=place["user"],
        channel_id=place["channel_id"],
        message_ts=place["message_ts"],
        key=f"press:{where}:{when}",
    )


def _numbers(value: str) -> tuple[int, ...]:
    words = value.split()[:MAX_NUMBERS]
    return tuple(int(word) for word in words if word.isdecimal() and len(word) <= MAX_DIGITS)


class _Carried(Shape):
    """Where a form was opened, as `write_carried` writes it."""

    language: Language
    step: Id
    ids: tuple[Key, ...]
    channel: Id
    ts: Id
    seen: Key
    only: Key


def write_carried(form: RenewalForm, origin: Origin) -> str:
    """Write where a form was opened, and the only package it is about, to be carried through it."""
    packages: tuple[PackageOption, ...] = getattr(form, "packages", ())
    return json.dumps(
        {
            "language": form.language,
            "step": origin.step,
            "ids": origin.ids,
            "channel": origin.channel_id,
            "ts": origin.message_ts,
            "seen": origin.seen,
            "only": packages[0].period_id if len(packages) == 1 else 0,
        }
    )


def read_filled(body: Payload) -> tuple[Language, Origin, Filled]:
    """Read a submitted form: its language, where it was opened, and what was filled in.

    Who submits is taken from the payload, never from what the form carried. Raises `UnreadableError`.
    """
    view, about = body["view"], carried(_Carried, body["view"]["private_metadata"])
    workspace_id = body["team"]["id"]
    origin = Origin(
        step=about.step,
        ids=about.ids[:MAX_NUMBERS],
        workspace_id=workspace_id,
        user=SlackUser(body["user"].get("team_id") or workspace_id, body["user"]["id"]),
        channel_id=about.channel,
        message_ts=about.ts,
        key=f"form:{workspace_id}:{view['id']}",
        seen=about.seen,
    )
    return about.language, origin, _filled(view["state"]["values"], about.only)


def _filled(values: Mapping[str, Any], only: int) -> Filled:
    kind, why = _option(values, Field.KIND), _option(values, Field.WHY)
    ticked = _of(values, Field.PACKAGES, "selected_options") or ()
    chosen = _numbers(" ".join(str(one.get("value") or "") for one in ticked))
    return Filled(
        period_ids=chosen or ((only,) if only else ()),
        po_number=_text(values, Field.PO_NUMBER),
        invoice_number=_text(values, Field.INVOICE_NUMBER),
        on=_day(_of(values, Field.DATE, "selected_date")),
        kind=EntryKind(kind) if kind in SETTLING else None,
        amount=_text(values, Field.AMOUNT),
        reference=_text(values, Field.REFERENCE),
        why=WhyNot(why) if why in set(WhyNot) else None,
        words=_text(values, Field.WORDS),
        user_id=_of(values, Field.PERSON, "selected_user") or "",
        name=_text(values, Field.NAME),
    )


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise UnreadableError("a day") from None


def _of(values: Mapping[str, Any], field: Field, name: str) -> Any:
    return values.get(block_id(field), {}).get(block_id(field), {}).get(name)


def _text(values: Mapping[str, Any], field: Field) -> str:
    return str(_of(values, field, "value") or "").strip()


def _option(values: Mapping[str, Any], field: Field) -> str:
    return str((_of(values, field, "selected_option") or {}).get("value") or "")
