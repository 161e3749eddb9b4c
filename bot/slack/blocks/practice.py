"""The modal in which people say which practice or vendor is theirs."""

from msgspec import Struct
from slack_sdk.models.blocks import (
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.network import Company
from bot.domain.scheme import Language
from bot.wording import say

CALLBACK = "signpost.practice"
NAME_BLOCK = "practice-name"
VENDOR_BLOCK = "practice-vendor"
MAX_VENDORS = 100
"""Slack takes this many options in a menu: https://docs.slack.dev/reference/block-kit/block-elements"""


class PracticeForm(Struct, frozen=True):
    """What the modal shows. `origin` is carried through it unread: where the answer to renew stands."""

    language: Language
    vendors: tuple[Company, ...]
    origin: str


def practice_view(form: PracticeForm) -> View:
    """Show two fields; one is enough. Practices are not listed: who is a customer is confidential."""
    blocks = [
        InputBlock(
            block_id=NAME_BLOCK,
            label=_text(form, "name"),
            hint=_text(form, "name_hint"),
            element=PlainTextInputElement(action_id=NAME_BLOCK, max_length=80),
            optional=True,
        ),
    ]
    if form.vendors:
        blocks.append(_vendor_input(form))
    return View(
        type="modal",
        callback_id=CALLBACK,
        private_metadata=form.origin,
        title=_text(form, "title"),
        submit=_text(form, "submit"),
        close=_text(form, "close"),
        blocks=blocks,
    )


def _vendor_input(form: PracticeForm) -> InputBlock:
    options = [
        Option(text=PlainTextObject(text=vendor.name[:75]), value=vendor.slug[:150])
        for vendor in form.vendors[:MAX_VENDORS]
    ]
    return InputBlock(
        block_id=VENDOR_BLOCK,
        label=_text(form, "vendor"),
        hint=_text(form, "vendor_hint"),
        element=StaticSelectElement(
            action_id=VENDOR_BLOCK, placeholder=_text(form, "vendor_placeholder"), options=options
        ),
        optional=True,
    )


def _text(form: PracticeForm, key: str) -> PlainTextObject:
    return PlainTextObject(text=say(form.language, f"practice.{key}"))
