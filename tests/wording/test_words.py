"""The two files of words against each other and against the code that speaks them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter

import pytest
from msgspec import Struct

import bot
from bot.domain.editing import EditStep, Flaw, ListKind, No, Sheet
from bot.domain.editing import Field as EditField
from bot.domain.escalation import agenda as escalation_agenda
from bot.domain.escalation import life
from bot.domain.escalation.bridge import ThreadRemark
from bot.domain.escalation.clocks import ClockKind
from bot.domain.escalation.form import Field as FormField
from bot.domain.escalation.form import FormFault, FormRefusal
from bot.domain.escalation.listing import OPENED
from bot.domain.escalation.note import WANTED
from bot.domain.escalation.saying import Fault as EscalationFault
from bot.domain.escalation.work import FORMS, Validity, WhyRefused
from bot.domain.maintenance.answers import AnswerStep, Fault, Field, WhyNot
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.overview import Heading, NextStep
from bot.domain.maintenance.reminder import Nearness, ReminderStep, Task, Word
from bot.domain.maintenance.saying_answers import Did, Refusal
from bot.domain.maintenance.saying_overview import Hint, Lack
from bot.domain.maintenance.saying_statement import Problem, Reader
from bot.domain.maintenance.state import State
from bot.domain.maintenance.statement import Mark
from bot.domain.maintenance.vat import VatReason
from bot.domain.manners import ChannelMode
from bot.domain.network import Charge
from bot.domain.responsibility import Reason
from bot.domain.saying import Opening, Remark, Step
from bot.domain.scheme import Language, Status
from bot.slack.blocks.edit_forms import CHOSEN, HINTED
from bot.slack.blocks.renewal_forms import SETTLING
from bot.slack.pages import Failure
from bot.wording import say, words

CODE = Path(bot.__file__).parent
OPEN_END = "*"
"""Stands in a key for what only a run of the code decides."""
MAY_BE_UNKNOWN = {Reason.LEVEL_0, Reason.FIRST_CONTACT, Reason.USER_SUPPORT}
HEARD = set(Word) - {Word.NONE}
ENDINGS: Mapping[str, Iterable[str]] = {
    "remark.*": Remark,
    "choice.*": Opening,
    "button.*": Step,
    "channel.now.*": ChannelMode,
    "overview.status.*": Status,
    "answer.charge.*": set(Charge) - {Charge.UNKNOWN, Charge.OTHER},
    "answer.why.*": Reason,
    "answer.ours.*": Reason,
    "answer.colleague.*": Reason,
    "answer.why.*_unknown": MAY_BE_UNKNOWN,
    "answer.colleague.*_unknown": MAY_BE_UNKNOWN,
    "answer.ours.*_unknown": (),
    "renewals.state.*": State,
    "price.sum.*": set(VatReason) - {VatReason.UNKNOWN},
    "renewals.next.*": NextStep,
    "renewals.list.*": Heading,
    "renewals.entry.*": EntryKind,
    "renewals.hint.*": Hint,
    "renewals.lack.*": Lack,
    "escalation.state.*": life.State,
    "escalation.urgency.*": life.Urgency,
    "escalation.due.*": ClockKind,
    "escalation.line.*": life.Move,
    "escalation.nudge.*": set(escalation_agenda.Step) - {escalation_agenda.Step.CLOSE},
    "escalation.trouble.*": EscalationFault,
    "escalation_work.maintenance.*": Validity,
    "escalation_work.next.*": escalation_agenda.Step,
    "escalation_work.button.*": set(life.Move) - {life.Move.REPLY, life.Move.CLOSE},
    "escalation_work.title.*": FORMS,
    "escalation_work.intro.*": FORMS,
    "escalation_work.text.*": FORMS - {life.Move.REASSIGN, life.Move.PASS_ON},
    "escalation_work.consent.*": ("yes", "no"),
    "escalation_work.gap.*": {field for wanted in WANTED.values() for field in wanted},
    "escalation_work.refused.*": set(WhyRefused) - {WhyRefused.NOT_NOW},
    "escalation_work.not_now.*": life.State,
    "escalate_form.label.*": FormField,
    "escalate_form.fault.*": FormFault,
    "escalate_form.refusal.*": FormRefusal,
    "escalation_thread.remark.*": ThreadRemark,
    "escalation_list.state.*": life.State,
    "escalation_list.did.*": {OPENED, "other", *life.Move, *escalation_agenda.Step, *EscalationFault},
    "joining.failed.*": Failure,
    "edit.button.*": EditStep,
    "edit.title_of.*": Sheet,
    "edit.list.*": ListKind,
    "edit.label.*": set(EditField) - {EditField.MEMBER},
    "edit.hint.*": HINTED,
    "edit.invalid.*": set(EditField) - CHOSEN,
    "edit.flaw.*": Flaw,
    "edit.no.*": No,
    "edit.change.*": ("set", "changed", "cleared"),
    "edit.choice.*": ("none", "company", "yes", "no", "person", "channel", *Language),
    "price.*": VatReason,
    "reminder.button.*": ReminderStep,
    "renewal_form.button.*": AnswerStep,
    "renewal_form.label.*": Field,
    "renewal_form.fault.*": Fault,
    "renewal_form.kind.*": SETTLING,
    "renewal_form.reason.*": WhyNot,
    "renewal_form.word.*": HEARD,
    "renewal_form.next.*": HEARD,
    "renewal_form.refusal.*": Refusal,
    "renewal_form.before.*": Did,
    "renewal_form.deed.*": Did,
    "renewal_form.deed.*-in-part": {Did.PAID},
    "renewal_form.deed.*-unknown": {Did.WRONG_CONTACT},
    "renewal_form.answered.*": {Did.PAID, Did.BILLED, Did.NOT_RECEIVED, Did.STILL_RENEWING},
    "renewal_form.answered.*-in-part": {Did.PAID},
    "reminder.biller.task.*": Task,
    "reminder.practice.do.*": Nearness,
    "reminder.practice.lapses.*": Nearness,
    "reminder.practice.resold.*": Nearness,
    "reminder.practice.direct.*": Nearness,
    "statement.next.*": Reader,
    "statement.next.*_late": Reader,
    "statement.problem.*": Problem,
    "statement.vat_reason.*": VatReason,
    "statement.mark.*": set(Mark) - {Mark.NONE},
}
"""All that may stand for the open end of a key."""


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_fill_in_the_same_names() -> None:
    english, german = words(Language.EN), words(Language.DE)
    assert set(english) == set(german)
    assert {key: names_in(text) for key, text in english.items()} == {
        key: names_in(text) for key, text in german.items()
    }


@pytest.mark.parametrize("language", Language)
def test_nothing_is_empty_doubly_spaced_or_left_in_brackets(language: Language) -> None:
    for key, text in words(language).items():
        assert text == text.strip(), key
        assert text, key
        assert "  " not in text, key
        assert "()" not in text, key
        assert " ." not in text, key
        assert " ," not in text, key


@pytest.mark.parametrize("language", Language)
def test_every_remark_and_every_reason_is_a_whole_sentence(language: Language) -> None:
    beginnings = ("remark.", "answer.why.", "answer.ours.", "answer.colleague.", "answer.charge.", "channel.")
    for key, text in words(language).items():
        if key.startswith(beginnings):
            assert text.endswith((".", "!", "?")), key
            assert not text.endswith(".."), key


@pytest.mark.parametrize("language", Language)
def test_quotation_marks_are_the_language_s_own(language: Language) -> None:
    opening, closing = {Language.EN: ("“", "”"), Language.DE: ("„", "“")}[language]
    for key, text in words(language).items():
        assert '"' not in text, key
        assert text.count(opening) == text.count(closing), key


def test_a_key_that_is_not_there_and_a_name_that_is_not_given_are_errors() -> None:
    with pytest.raises(KeyError):
        say(Language.EN, "answer.nonsense")
    with pytest.raises(KeyError, match="company"):
        say(Language.EN, "answer.charge.once")


def test_braces_in_what_is_filled_in_stay_as_they_are() -> None:
    assert "{evil}" in say(Language.EN, "answer.charge.once", company="{evil} {0.__class__}")


def test_every_key_that_the_code_speaks_exists() -> None:
    for spoken in calls_of_say():
        missing = spoken.possible() - set(words(Language.EN))
        assert not missing, f"{spoken.where}: {missing}"


def test_no_key_is_unused() -> None:
    assert set(words(Language.EN)) - {key for spoken in calls_of_say() for key in spoken.possible()} == set()


def test_the_code_gives_every_name_that_a_sentence_wants() -> None:
    for spoken in calls_of_say():
        if spoken.gives is not None and OPEN_END not in spoken.key:
            wanted = names_in(words(Language.EN)[spoken.key])
            assert wanted <= spoken.gives, f"{spoken.where}: {spoken.key}"


# ---- reading the code ------------------------------------------------------------------------------


class Spoken(Struct, frozen=True):
    """A call of `say`: its key, which may have an open end, and the names it gives (`None`: any)."""

    where: str
    key: str
    gives: frozenset[str] | None

    def possible(self) -> set[str]:
        if OPEN_END not in self.key:
            return {self.key}
        return {self.key.replace(OPEN_END, ending) for ending in ENDINGS[self.key]}


@cache
def calls_of_say() -> tuple[Spoken, ...]:
    found: list[Spoken] = []
    for path in sorted(CODE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "from bot.wording import" in source:
            found += _calls_in(path, ast.parse(source))
    return tuple(found)


def _calls_in(path: Path, module: ast.Module) -> Iterator[Spoken]:
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say":
                names = [keyword.arg for keyword in call.keywords]
                gives = None if None in names else frozenset(name for name in names if name)
                for key in _keys(call.args[1], function, module):
                    yield Spoken(f"{path.relative_to(CODE)}:{call.lineno}", key, gives)


def _keys(node: ast.AST, function: ast.FunctionDef, module: ast.Module) -> set[str]:  # noqa: PLR0911 - a return a kind of node
    """Return what the key may be, as far as the code alone tells."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.JoinedStr(values=parts):
            return _joined(_keys(part, function, module) for part in parts)
        case ast.FormattedValue(value=value):
            return _keys(value, function, module)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined(_keys(part, function, module) for part in (left, right))
        case ast.IfExp(body=body, orelse=orelse):
            return _keys(body, function, module) | _keys(orelse, function, module)
        case ast.Subscript(value=ast.Dict(values=values)):
            return set().union(*(_keys(value, function, module) for value in values))
        case ast.Name(id=name):
            known = [*_assigned(name, function), *_passed(name, function, module)]
            return set().union(*(_keys(value, function, module) for value in known)) or {OPEN_END}
        case _:
            return {OPEN_END}


def _joined(choices: Iterable[set[str]]) -> set[str]:
    return {"".join(parts) for parts in product(*choices)}


def _assigned(name: str, function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            yield node.value


def _passed(name: str, function: ast.FunctionDef, module: ast.Module) -> Iterator[ast.expr]:
    places = [place for place, parameter in enumerate(function.args.args) if parameter.arg == name]
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
            yield from (node.args[place] for place in places if place < len(node.args))
