"""Learning with consent: suggestions from questions, and what an editor says to them."""

from collections.abc import Iterator

from msgspec import Struct
from sqlmodel import Session

from bot.domain.clock import Clock
from bot.domain.learning import (
    LONGEST_PHRASE,
    LearnedPhrase,
    Suggestion,
    one_line,
    place_of,
    with_learned,
    wording,
)
from bot.domain.learning import suggestions as suggested_by
from bot.domain.matching.phrases import Phrase
from bot.domain.scheme import Language, SupportScheme
from bot.files.knowledge import KnowledgeError, KnowledgeFault
from bot.services import editors
from bot.storage.insert import insert_once
from bot.storage.queries import learning as stored
from bot.storage.tables import JudgedQuestionRow, LearnedPhraseRow


class SuggestionRefusedError(Exception):
    """A judgement that cannot be recorded; `reason` says why and what helps."""

    def __init__(self, suggestion_id: int, reason: str) -> None:
        self.suggestion_id, self.reason = suggestion_id, reason
        super().__init__(f"#{suggestion_id}: {reason}")


class Wish(Struct, frozen=True):
    """What an editor wants of a suggestion; what is empty stays as suggested. `by` names the editor."""

    suggestion_id: int
    by: str
    topic: str = ""
    text: str = ""
    language: Language | None = None


class Proposal(Struct, frozen=True):
    """A phrase that is about to be accepted, and the suggestion it comes from."""

    phrase: Phrase
    suggestion: Suggestion
    editor: str


def accepted(session: Session) -> tuple[LearnedPhrase, ...]:
    """Return what editors accepted and did not take back, in the order they did.

    Raises `KnowledgeError` when something stands there that this version cannot learn from.
    """
    rows = stored.accepted(session)
    faults = [fault for row in rows for fault in _faults(row)]
    if faults:
        raise KnowledgeError(faults)
    return tuple(LearnedPhrase(row.topic, Language(row.language), row.text) for row in rows)


def accepted_edition(session: Session) -> frozenset[int]:
    """Return what differs as soon as `accepted` does, on whatever replica somebody accepted or took back."""
    return stored.accepted_ids(session)


def suggestions(session: Session, scheme: SupportScheme) -> tuple[Suggestion, ...]:
    """Return what waits for an editor. `scheme` is that of the files; what was learned is added here."""
    merged = with_learned(scheme, accepted(session))
    return suggested_by(stored.unjudged_questions(session), merged, stored.refused_texts(session))


def propose(session: Session, scheme: SupportScheme, wish: Wish, admins: frozenset[str]) -> Proposal:
    """Return what accepting would add, and change nothing.

    Raises `EditorRefusedError` unless an editor asks, and `SuggestionRefusedError` when there is no such
    suggestion, its topic is open or unknown, or the phrase is too long or known already.
    """
    editor = editors.require_editor(session, wish.by, admins)
    suggestion = _find(session, scheme, wish.suggestion_id)
    topic = _topic(scheme, wish, suggestion)
    phrase = Phrase(one_line(wish.text) or suggestion.text, wish.language or suggestion.language, topic)
    _require_new(session, scheme, phrase, suggestion.id)
    return Proposal(phrase, suggestion, editor)


def accept(
    session: Session, clock: Clock, scheme: SupportScheme, wish: Wish, admins: frozenset[str]
) -> Proposal:
    """Keep the phrase, with who accepted it and when. Raises as `propose` does."""
    proposal = propose(session, scheme, wish, admins)
    row = LearnedPhraseRow(
        topic=proposal.phrase.label,
        language=proposal.phrase.language,
        text=proposal.phrase.text,
        question_id=proposal.suggestion.id,
        accepted_by=proposal.editor,
        accepted_at=clock.now(),
    )
    _record(session, row, proposal.suggestion)
    return proposal


def refuse(
    session: Session,
    clock: Clock,
    scheme: SupportScheme,
    suggestion_id: int,
    by: str,
    admins: frozenset[str],
) -> bool:
    """Keep that the suggestion was refused, by whom and when, and no text of it.

    An accepted phrase is taken back in the same way: `True` then. Raises `EditorRefusedError` unless an
    editor does it, and `SuggestionRefusedError` when there is nothing to refuse.
    """
    editor = editors.require_editor(session, by, admins)
    judged = stored.judgement_of(session, suggestion_id)
    if judged is None:
        suggestion = _find(session, scheme, suggestion_id)
        row = LearnedPhraseRow(
            topic=suggestion.topic or "",
            language=suggestion.language,
            text="",
            question_id=suggestion.id,
            refused_by=editor,
            refused_at=clock.now(),
        )
        _record(session, row, suggestion)
        return False
    if judged.refused_at is not None:
        raise SuggestionRefusedError(suggestion_id, f"was refused by {judged.refused_by} before.")
    judged.text, judged.refused_by, judged.refused_at = "", editor, clock.now()
    return True


def _faults(row: LearnedPhraseRow) -> Iterator[KnowledgeFault]:
    def fault(column: str, value: str, wrong: str) -> KnowledgeFault:
        remedy = f"{wrong}: take it back with `signpost learn refuse {row.question_id or 'ID'}`"
        return KnowledgeFault("database", f"learned_phrase {row.id}, {column}", value, remedy)

    if row.language not in list(Language):
        yield fault("language", row.language, f"this version knows {', '.join(Language)} only")
    if not wording(row.text):
        yield fault("text", "", "no word is left of it")
    elif len(row.text) > LONGEST_PHRASE:
        yield fault("text", f"{len(row.text)} characters", f"{LONGEST_PHRASE} are the limit")


def _find(session: Session, scheme: SupportScheme, suggestion_id: int) -> Suggestion:
    for suggestion in suggestions(session, scheme):
        if suggestion_id in suggestion.question_ids:
            return suggestion
    reason = (
        "is no open suggestion: it was judged, or its text was kept long enough; see `signpost learn list`."
    )
    raise SuggestionRefusedError(suggestion_id, reason)


def _topic(scheme: SupportScheme, wish: Wish, suggestion: Suggestion) -> str:
    topic = wish.topic or suggestion.topic
    if topic is None:
        raise SuggestionRefusedError(
            suggestion.id, "nobody said what this is about: say it with --topic TOPIC."
        )
    if not scheme.has_topic(topic):
        known = ", ".join(entry.id for entry in scheme.topics)
        raise SuggestionRefusedError(suggestion.id, f"--topic {topic}: no such topic; use one of {known}.")
    return topic


def _require_new(session: Session, scheme: SupportScheme, phrase: Phrase, suggestion_id: int) -> None:
    if not wording(phrase.text):
        raise SuggestionRefusedError(suggestion_id, "no word is left of this text: give others with --text.")
    if len(phrase.text) > LONGEST_PHRASE:
        reason = f"{len(phrase.text)} characters are too many for a phrase, {LONGEST_PHRASE} are the limit: "
        raise SuggestionRefusedError(suggestion_id, reason + "give the telling sentence with --text.")
    merged = with_learned(scheme, accepted(session))
    place = place_of(merged, phrase.language, phrase.text)
    if place is not None:
        reason = f"the same phrase stands at {place} already: refuse this one, or word it otherwise (--text)."
        raise SuggestionRefusedError(suggestion_id, reason)


def _record(session: Session, row: LearnedPhraseRow, suggestion: Suggestion) -> None:
    session.add(row)
    session.flush()
    for question_id in suggestion.question_ids:
        values = {"question_id": question_id, "phrase_id": row.id}
        if not insert_once(session, JudgedQuestionRow, values):
            raise SuggestionRefusedError(suggestion.id, "somebody else judged it at this moment.")
