"""What is fuzzed without the wire: a strategy each, and what must hold of everything that it gives."""

import csv
import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from bot.domain.escalation.bridge import Bridged, FileShown, LinkedFile
from bot.domain.maintenance.reminder import Word
from bot.domain.maintenance.saying_answers import ContactFix, Deed, Did, PracticeWord, WordAnswered
from bot.domain.network import Contact
from bot.domain.saying import Notice, Remark
from bot.domain.scheme import Language
from bot.files.csv_table import FileRefused, read_table, write_table
from bot.files.knowledge import KnowledgeError, read_knowledge
from bot.paths import shipped
from bot.playground.blocks import message_faults
from bot.slack.blocks import render
from bot.slack.mrkdwn import WORD_JOINER, bold, cut, escape, link, neutral, plain
from tests.builders import answer, distributor, practice
from tests.fuzz.texts import HOSTILE, has_lying_link, is_broken, is_notifying

DAY = date(2026, 11, 24)
COLUMNS = ("name", "email", "note")
BEGINS_TO_CALCULATE = re.compile(r'"*[=+\-@\t\r\n＝＋－＠]')
"""Quotation marks are taken for their own by some programs."""
NEGATIVE_AMOUNT = re.compile(r"-[0-9]{1,9},[0-9]{2}")


class Target(Struct, frozen=True):
    """`holds` raises where something does not."""

    given: st.SearchStrategy[Any]
    holds: Callable[[Any], None]


# ---- markup ----------------------------------------------------------------------------------------


def _markup_is_safe(text: str) -> None:
    for shown in (
        escape(text),
        bold(escape(text)),
        cut(escape(text), 50),
        neutral(text, {}),
        link(text, "x"),
    ):
        assert not is_notifying(shown), shown
        assert not is_broken(shown), shown
    assert not has_lying_link(neutral(text, {}))
    assert plain(escape(text)).replace(WORD_JOINER, "").strip() == text.replace(WORD_JOINER, "").strip()
    assert not is_notifying(neutral("<@U1> <!here>", {"U1": text}))


def _sayings_are_safe(texts: tuple[str, str, str]) -> None:
    one, two, three = texts
    contact = Contact(one or "x", email=two, phone=three)
    vendor = distributor(name=one or "x", contacts=(contact,), website=three, charge_note=two)
    deed = Deed(Did.NOT_RECEIVED, one, DAY, (two,), note=three, biller=one)
    for saying in (
        Notice(Language.EN, Remark.STAFF, (("company", one),)),
        Notice(Language.DE, Remark.PRACTICE_KNOWN, (("practice", two), ("vendor", three))),
        ContactFix(Language.EN, 7, one, two, three, False, False, two, DAY),
        PracticeWord(Language.DE, Word.NOT_RENEWING, one, two, (three,), DAY, (4,), reference=one, words=two),
        WordAnswered(Language.EN, deed, two, three),
        Bridged(Language.EN, "ESC-2026-0001", by=one, of=two, text=three, files=(LinkedFile(one, two),)),
        FileShown(Language.EN, LinkedFile(two, f"https://x.example/{three}")),
        answer(contact=contact, practice_name=two),
        answer(asker=None, practice_name=practice(name=one or "x", vendor=vendor).name),
    ):
        message = render(saying)
        assert not is_notifying(message.text), saying
        assert not is_broken(message.text), saying
        for block in message.blocks:
            for shown in _mrkdwn(block):
                assert not is_notifying(shown), shown
                assert not is_broken(shown), shown
                assert len(shown) <= 3000
        faults = [one for one in message_faults(list(message.blocks)) if "characters" not in str(one)]
        assert not faults, faults


def _mrkdwn(within: Any) -> list[str]:
    if isinstance(within, dict):
        own = [str(within["text"])] if within.get("type") == "mrkdwn" else []
        return own + [shown for part in within.values() for shown in _mrkdwn(part)]
    return [shown for part in within for shown in _mrkdwn(part)] if isinstance(within, list) else []


# ---- files -----------------------------------------------------------------------------------------


def _csv_is_read_or_refused(content: bytes) -> None:
    try:
        table = read_table(content, "x.csv", COLUMNS)
    except FileRefused:
        return
    for row in table.rows:
        for cell in row.cells.values():
            assert "\0" not in cell
            assert cell.encode().decode() == cell
    assert all(str(fault) for fault in table.faults)


def _csv_comes_back_and_calculates_nothing(cells: list[tuple[str, str, str]]) -> None:
    kept = [tuple(" ".join(cell.split()) for cell in row) for row in cells]
    content = write_table(COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in kept])
    for row in csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"):
        for cell in row:
            assert not BEGINS_TO_CALCULATE.match(cell) or NEGATIVE_AMOUNT.fullmatch(cell), cell
    back = [tuple(row.cells[column] for column in COLUMNS) for row in read_table(content, "x", COLUMNS).rows]
    assert back == [row for row in kept if any(row)]


def _knowledge_is_read_or_refused(damage: tuple[str, bytes]) -> None:
    name, content = damage
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "topics").mkdir()
        for kept in ("scheme.toml", "topics/activation.toml"):
            (place / kept).write_bytes((shipped("knowledge") / kept).read_bytes())
        (place / name).write_bytes(content)
        try:
            read_knowledge(place)
        except KnowledgeError:
            return


_WORDS = HOSTILE.map(lambda text: text.encode("utf-8", "surrogatepass"))
_TOML = st.one_of(
    _WORDS,
    st.binary(max_size=60),
    st.builds(
        lambda key, value: f"{key} = {value}".encode(),
        st.sampled_from(["topics", "level", "title", "x"]),
        st.sampled_from(
            [
                "[" * 3000,
                "[]",
                "{}",
                "9" * 5000,
                "1e999",
                "nan",
                '["../../x"]',
                '["a\\u0000b"]',
                '["' + "a" * 300 + '"]',
                "''",
                "[1]",
                "2026-02-30",
            ]
        ),
    ),
)
_BYTES = st.one_of(
    _WORDS,
    st.binary(max_size=200),
    st.lists(_WORDS, max_size=4).map(lambda rows: b"name;email;note\r\n" + b";".join(rows)),
    HOSTILE.map(lambda text: f"name,email,note\n{text},x".encode("utf-16", "surrogatepass")),
    st.just(b'name;email;note\n"' + b"x" * 200_000 + b'";;'),
)
_ROW = st.tuples(*[HOSTILE.filter(lambda text: "\0" not in text and text.isprintable())] * 3)

TARGETS: Mapping[str, Target] = {
    "markup": Target(HOSTILE, _markup_is_safe),
    "sayings": Target(st.tuples(HOSTILE, HOSTILE, HOSTILE), _sayings_are_safe),
    "csv": Target(_BYTES, _csv_is_read_or_refused),
    "export": Target(st.lists(_ROW, max_size=3), _csv_comes_back_and_calculates_nothing),
    "knowledge": Target(
        st.tuples(st.sampled_from(["scheme.toml", "topics/activation.toml", "vat.toml"]), _TOML),
        _knowledge_is_read_or_refused,
    ),
}
