import pytest

from bot.domain.escalation.form import wish_in


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("escalate", ""),
        ("Escalate: the server is down", "the server is down"),
        ("eskalieren, der Server ist weg", "der Server ist weg"),
        ("  ESKALATION\nzwei Zeilen\nText", "zwei Zeilen\nText"),
        ("escalated yesterday", None),
        ("how do I escalate?", None),
        ("", None),
    ],
)
def test_a_message_asks_to_escalate_where_it_begins_so(text: str, rest: str | None) -> None:
    assert wish_in(text) == rest
