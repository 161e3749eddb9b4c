"""The digest: within Slack's limits at its worst, safe, and whole in its words alone."""

from datetime import timedelta

import pytest

from bot.domain.report import Digest, Figures, Report, read_week
from bot.domain.scheme import Language
from bot.playground.blocks import message_faults
from bot.services.reports.drawing import draw
from bot.slack.blocks import render
from bot.slack.blocks.report import ROWS_SHOWN

WEEK = read_week("2026-W48", "Europe/Berlin")
TOTAL = Figures(9, 3, 1, 4, 2, 2, 1, 1, 1, (timedelta(minutes=80),))
LONG = "&<!channel>$x_1$" * 20


def digest(language: Language = Language.EN, name: str = "Nord", rows: int = 2) -> Digest:
    by = tuple((f"{name}{number}", TOTAL) for number in range(rows))
    return Digest(
        language, name, "Europe/Berlin", Report(WEEK, TOTAL, by, by), {f"{name}0": "Database backup"}
    )


@pytest.mark.parametrize("language", Language)
def test_the_worst_fits_and_mentions_nobody(language: Language) -> None:
    message = render(digest(language, LONG, 40))
    assert message_faults(list(message.blocks)) == ()
    marked_up = [block for block in message.blocks if block["type"] != "header"]
    assert "<!channel>" not in message.text + str(marked_up)
    assert str(40 - ROWS_SHOWN) in message.text


def test_it_says_what_happened() -> None:
    text = render(digest()).text
    assert "Nord: what happened, 23 Nov 2026 – 29 Nov 2026" in text
    assert "Escalations: 4 opened, 2 resolved. Open at the end: 2, overdue: 1." in text
    assert "First response after 1 h 20 min of working time (the median of 1)." in text
    assert "• Database backup: questions 9 (unanswered 3)" in text
    assert "By distributor" in text


def test_a_company_with_one_distributor_reads_no_list_of_them() -> None:
    assert "By distributor" not in render(digest(rows=1)).text


def test_nobody_s_response_has_no_median() -> None:
    quiet = Digest(Language.DE, "Nord", "Europe/Berlin", Report(WEEK, Figures(questions=1)))
    assert "Reaktion" not in render(quiet).text


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_it_can_be_drawn(rows: int) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plots` is not installed")
    assert draw(digest(name=LONG, rows=rows)).startswith(b"\x89PNG")
