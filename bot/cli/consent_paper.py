"""Suggestions, judgements and editors, as text for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from bot.domain.learning import Reason, Suggestion
from bot.domain.scheme import Language, SupportScheme, Topic

if TYPE_CHECKING:
    from bot.domain.matching.effect import Effect, Hits
    from bot.domain.matching.phrases import Phrase
    from bot.services.editors import Editor
    from bot.storage.tables import LearnedPhraseRow

_REASONS = {
    Reason.MISSED: "another topic was named",
    Reason.UNSURE: "picked from a choice",
    Reason.UNKNOWN: "not recognised",
    Reason.BARELY: "solved, but the matcher was barely sure",
}


def suggestions_on_paper(suggestions: Sequence[Suggestion], scheme: SupportScheme) -> str:
    """List the suggestions under their topics; those without one come last."""
    if not suggestions:
        return "No suggestions."
    lines = [
        line
        for topic, group in groupby(suggestions, lambda s: s.topic)
        for line in _group(topic, group, scheme)
    ]
    return "\n".join(
        [
            *lines,
            "Say yes or no: signpost learn accept ID --by EDITOR, signpost learn refuse ID --by EDITOR",
        ]
    )


def effect_on_paper(effect: "Effect", phrase: "Phrase", topic: Topic) -> str:
    """Say what a phrase does to the figures, and what these are."""
    return "\n".join(
        [
            f"“{phrase.text}” ({phrase.language}) for {topic.title.in_(Language.EN)} ({topic.id}):",
            f"  phrases of the topic told rightly: {_hits(effect.topic)}",
            f"  phrases of what it is mistaken for: {_hits(effect.others)}",
            "  (cross-validated in 3 parts on the phrases of these topics, by words alone)",
        ]
    )


def judgements_on_paper(rows: Sequence["LearnedPhraseRow"]) -> str:
    """List what was accepted, refused and taken back, with who and when."""
    return "\n".join(line for row in rows for line in _judgement(row)) or "Nothing was judged yet."


def editors_on_paper(editors: Sequence["Editor"]) -> str:
    """List the editors."""
    return (
        "\n".join(_editor(editor) for editor in editors) or "No editors: signpost editors add WHO --by ADMIN."
    )


def _group(topic_id: str | None, group: Iterator[Suggestion], scheme: SupportScheme) -> Iterator[str]:
    if topic_id is None:
        yield "Nobody said what these are about; say it with --topic:"
    else:
        yield f"{scheme.topic(topic_id).title.in_(Language.EN)} ({topic_id}):"
    for one in group:
        times = len(one.question_ids)
        yield f"  #{one.id}  {times}×  {one.language}  “{one.text}”  ({_REASONS[one.reason]})"
    yield ""


def _hits(hits: "Hits") -> str:
    return f"{hits.before} → {hits.after} of {hits.total} ({hits.after - hits.before:+d})"


def _judgement(row: "LearnedPhraseRow") -> Iterator[str]:
    number = f"#{row.question_id or '-'}"
    what = f"{row.topic or 'no topic'}, {row.language}" + (f": “{row.text}”" if row.text else "")
    if row.accepted_at is not None:
        yield f"{number}  accepted by {row.accepted_by}, {_when(row.accepted_at)}  {what}"
    if row.refused_at is not None:
        word = "refused" if row.accepted_at is None else "taken back"
        yield f"{number}  {word} by {row.refused_by}, {_when(row.refused_at)}  {what}"


def _editor(editor: "Editor") -> str:
    name = f"{editor.name}, {editor.known_as}" if editor.name else editor.known_as
    lapsed = "" if editor.counts else "  (not of the manufacturer any more: does not count)"
    return f"{name}: appointed by {editor.appointed_by}, {_when(editor.appointed_at)}{lapsed}"


def _when(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
