"""Measuring the matcher on labelled messages, or on the phrases themselves."""

from pathlib import Path
from typing import NoReturn

import typer

from bot.app.matching import MeaningComes
from bot.app.parts import load_knowledge
from bot.cli.classify import content_of, or_stop
from bot.cli.evaluate_paper import NOTE, confusions_on_paper, noise_table, table
from bot.domain.matching.cross_validation import cross_validated
from bot.domain.matching.evaluation import Heard, already_learned, hear, judge, trade_offs, with_noise
from bot.domain.matching.figures import NONE, Figures, Labelled, Outcome, confusions, figures, figures_by, got
from bot.domain.matching.match import Decision
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.noise import Noise
from bot.domain.scheme import Language, Provider, SupportScheme
from bot.files.messages import read_labelled
from bot.files.picture import Picture, PicturesNotInstalledError, require_pictures, save_picture
from bot.settings import load_settings

_NO_LANGUAGE = "language unknown"


def run_evaluate(
    file: Path | None,
    *,
    cross_validate: bool = False,
    noise: bool = False,
    seed: int = 1,
    picture: Path | None = None,
    knowledge: Path | None = None,
    words_only: bool = False,
) -> None:
    """Print the figures of the messages in `file`, or of the phrases; wrong use ends with exit code 1."""
    if cross_validate == (file is not None):
        _stop("Measure on what? signpost evaluate FILE, or signpost evaluate --cross-validate.")
    if cross_validate and noise:
        _stop("--noise makes messages worse, and --cross-validate has phrases: use one of them.")
    if picture is not None:
        _require_place_for(picture)
    settings = load_settings(**({"knowledge_dir": knowledge} if knowledge else {}))
    if words_only or cross_validate:
        settings = settings.model_copy(update={"use_meaning": False})
    scheme, matcher = load_knowledge(settings, MeaningComes.NEEDED)
    evaluation = _Evaluation(scheme, matcher)
    if file is None:
        typer.echo("Cross-validation of the phrases, by their words alone; it takes a moment.\n", err=True)
        heard = cross_validated(scheme, matcher)
    else:
        messages = read_labelled(content_of(file), str(file), evaluation.providers.keys())
        heard = hear(or_stop(messages), matcher)
    if not heard:
        _stop(f"{file}: there is no message in it.")
    outcomes = judge(heard, matcher)
    evaluation.show(outcomes)
    if file is not None:
        _warn_of_learned(already_learned([message for message, _ in heard], scheme))
    if noise:
        typer.echo("\n" + evaluation.under_noise([message for message, _ in heard], outcomes, seed))
    if picture is not None:
        evaluation.draw(heard, outcomes, picture, str(file.name if file else "the phrases, cross-validated"))


class _Evaluation:
    """A scheme and its matcher, being measured."""

    def __init__(self, scheme: SupportScheme, matcher: Matcher) -> None:
        self._matcher = matcher
        self._labels = [*(topic.id for topic in scheme.topics), NONE]
        self.providers: dict[str, Provider] = {topic.id: topic.provider for topic in scheme.topics}

    def show(self, outcomes: list[Outcome]) -> None:
        by_topic = figures_by(outcomes, self.providers, lambda message: message.label)
        known = {label: by_topic[label] for label in self._labels if label in by_topic}
        parts = [
            table("", self._by_language(outcomes)),
            table("by topic", known),
            confusions_on_paper(confusions(outcomes)),
            NOTE,
        ]
        typer.echo("\n\n".join(parts))

    def under_noise(self, messages: list[Labelled], clean: list[Outcome], seed: int) -> str:
        rows = {}
        for kind in Noise:
            worse = with_noise(messages, kind, seed)
            rows[str(kind)] = self._by_language(judge(hear(worse, self._matcher), self._matcher))
        everything = {kind: groups["all"] for kind, groups in rows.items()}
        return (
            table(f"with noise, seed {seed}", everything)
            + "\n\n"
            + noise_table(self._by_language(clean), rows)
        )

    def draw(self, heard: list[Heard], outcomes: list[Outcome], file: Path, source: str) -> None:
        drawn = self._picture(heard, outcomes, source)
        try:
            save_picture(drawn, file)
        except OSError as error:
            _stop(f"{file}: {error.strerror or error}")
        typer.echo(f"\nThe picture is in {file}.", err=True)

    def _picture(self, heard: list[Heard], outcomes: list[Outcome], source: str) -> Picture:
        counts: dict[tuple[str, str], int] = {}
        for outcome in outcomes:
            pair = (outcome.message.label, got(outcome))
            counts[pair] = counts.get(pair, 0) + 1
        points = trade_offs(heard, self._matcher, self.providers)
        return Picture(
            title=f"{len(outcomes)} messages of {source}",
            labels=self._labels,
            results=[*self.providers, Decision.CHOOSE, Decision.SILENT],
            counts=counts,
            curve=[_point(point.figures) for point in points],
            today=_point(figures(outcomes, self.providers)),
        )

    def _by_language(self, outcomes: list[Outcome]) -> dict[str, Figures]:
        groups = figures_by(outcomes, self.providers, lambda message: message.language)
        languages = {str(language): groups[language] for language in Language if language in groups}
        unknown = {_NO_LANGUAGE: groups[None]} if None in groups and languages else {}
        return {"all": figures(outcomes, self.providers), **languages, **unknown}


def _point(found: Figures) -> tuple[float, float]:
    return found.false_alarm.value, found.right.value


def _warn_of_learned(count: int) -> None:
    if count:
        stand = "message stands" if count == 1 else "messages stand"
        typer.echo(f"\n{count} {stand} among the phrases word for word: no proof of anything.", err=True)


def _require_place_for(picture: Path) -> None:
    """Stop before a long measurement when its picture could not be drawn or kept."""
    try:
        require_pictures()
    except PicturesNotInstalledError as error:
        _stop(str(error))
    if not picture.parent.is_dir():
        _stop(f"{picture.parent}: there is no such folder: make it, or name another place for the picture.")


def _stop(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(1)
