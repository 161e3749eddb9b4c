"""What of Slack's payloads we read, and of which type it must be: everything is checked before a listener."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.domain.storable import storable

Text = Annotated[str, AfterValidator(storable)]
Id = Annotated[Text, Field(max_length=255)]
"""No id, timestamp or trigger of Slack's is longer, and it takes none of ours that is."""
Url = Annotated[Text, Field(max_length=2000)]
Key = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""The key of a row, as forms carry it: never beyond what PostgreSQL takes."""


class UnreadableError(Exception):
    """Something is not what Slack sends, or not what we gave out. `at` says where, not what stands there."""

    def __init__(self, at: str) -> None:
        self.at = at
        super().__init__(at)


class Shape(BaseModel):
    """Types are meant as they stand; what is not named here may be anything."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


Model = TypeVar("Model", bound=Shape)


# ---- events ----------------------------------------------------------------------------------------


class _File(Shape):
    id: str | None = None
    name: str | None = None
    title: str | None = None
    permalink: str | None = None
    mimetype: str | None = None


class _Edited(Shape):
    ts: Id | None = None


class _Message(Shape):
    type: str | None = None
    subtype: str | None = None
    user: Id | None = None
    user_team: Id | None = None
    team: Id | None = None
    bot_id: Id | None = None
    parent_user_id: Id | None = None
    text: str | None = None
    ts: Id | None = None
    thread_ts: Id | None = None
    files: list[_File] | None = None
    edited: _Edited | None = None


class _Edit(_Message):
    ts: Id


class _MessageEvent(_Message):
    type: str
    ts: Id
    channel: Id
    channel_type: str | None = None
    event_ts: Id | None = None
    deleted_ts: Id | None = None
    message: _Edit | None = None
    previous_message: _Message | None = None


class _JoinEvent(Shape):
    user: Id
    channel: Id
    inviter: Id | None = None
    event_ts: Id | None = None


class _HomeEvent(Shape):
    user: Id
    channel: Id | None = None
    tab: str | None = None
    event_ts: Id | float


class _AnyEvent(Shape):
    type: str
    subtype: str | None = None


_EVENTS: Mapping[str, type[Shape]] = {
    "message": _MessageEvent,
    "app_mention": _MessageEvent,
    "member_joined_channel": _JoinEvent,
    "app_home_opened": _HomeEvent,
}


class _Envelope(Shape):
    type: Literal["event_callback"]
    team_id: Id
    event_id: Id


# ---- commands, buttons, forms ----------------------------------------------------------------------


class _Command(Shape):
    command: str
    team_id: Id
    channel_id: Id
    user_id: Id
    trigger_id: Id
    response_url: Url
    text: str | None = None


class _Named(Shape):
    id: Id


class _User(Shape):
    id: Id
    team_id: Id | None = None


class _Option(Shape):
    value: str | None = None


class _Action(Shape):
    action_id: Id
    action_ts: Id | None = None
    value: str | None = None
    selected_option: _Option | None = None


class _Container(Shape):
    channel_id: Id | None = None
    message_ts: Id | None = None
    thread_ts: Id | None = None
    is_ephemeral: bool | None = None


class _SeenView(Shape):
    id: Id
    type: str | None = None


class _Interaction(Shape):
    user: _User
    team: _Named
    trigger_id: Id | None = None


class _Press(_Interaction):
    trigger_id: Id
    actions: Annotated[list[_Action], Field(min_length=1)]
    channel: _Named | None = None
    container: _Container | None = None
    view: _SeenView | None = None
    response_url: Url | None = None


class _Shortcut(_Interaction):
    trigger_id: Id
    callback_id: Id
    channel: _Named | None = None
    container: _Container | None = None
    response_url: Url | None = None
    message: _Message
    message_ts: Id | None = None


class _Entry(Shape):
    value: str | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_date: Id | None = None
    selected_user: Id | None = None


class _State(Shape):
    values: dict[str, dict[str, _Entry]]


class _Submitted(Shape):
    id: Id
    type: str  # Bolt reads it whatever the form, and fails without it.
    callback_id: Id
    private_metadata: str
    state: _State


class _Submission(_Interaction):
    view: _Submitted


_INTERACTIONS: Mapping[str, type[Shape]] = {
    "block_actions": _Press,
    "message_action": _Shortcut,
    "view_submission": _Submission,
}


# ---- checking --------------------------------------------------------------------------------------


def check(body: dict[str, Any]) -> None:
    """Make sure that a payload can be read and stored; `UnreadableError` where it is none that we read."""
    clean(body)
    if "event" in body:
        fit(_Envelope, body)
        event = fit(_AnyEvent, body["event"])
        if shape := _EVENTS.get(event.type):
            fit(shape, body["event"])
    elif "command" in body:
        fit(_Command, body)
    elif shape := _INTERACTIONS.get(str(body.get("type"))):
        fit(shape, body)
    else:
        raise UnreadableError("type")


def fit(shape: type[Model], value: object) -> Model:
    """Return the value in its shape; `UnreadableError` where it has another."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise UnreadableError(_where(shape, error)) from None


def carried(shape: type[Model], text: str) -> Model:
    """Return what a form carried for us; `UnreadableError` where it is not what we gave out."""
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        raise UnreadableError(_where(shape, error)) from None


def clean(body: dict[str, Any]) -> None:
    """Replace, in its place and at any depth, what no database holds."""
    waiting: list[Any] = [body]
    while waiting:
        within = waiting.pop()
        for key, value in within.items() if isinstance(within, dict) else enumerate(within):
            if isinstance(value, str):
                within[key] = storable(value)
            elif isinstance(value, dict | list):
                waiting.append(value)


def _where(shape: type[Shape], error: ValidationError) -> str:
    found = error.errors(include_input=False)[:5]
    places = (".".join(str(part)[:40] for part in one["loc"]) for one in found)
    return f"{shape.__name__.removeprefix('_')}: {', '.join(places)}"
