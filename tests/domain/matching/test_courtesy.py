import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching.courtesy import without_courtesy


@pytest.mark.parametrize(
    "greeting",
    [
        "Hi all, ",
        "Hello team,\n",
        "Good morning, ",
        "hey guys ",
        "Dear support team,\n",
        "Hi Tom, ",
        "Moin, ",
        "Sehr geehrte Damen und Herren,\n",
        "Hallo liebes Team! ",
        "Guten Morgen zusammen ",
        "Hallo Frau Dr. Berg,\n",
        "Dear colleagues,\nhope you are all well. ",
        "Hi, I hope this mail finds you well! ",
        "Guten Tag,\nich hoffe, es geht Ihnen gut. ",
    ],
)
def test_the_greeting_goes(greeting: str) -> None:
    assert without_courtesy(f"{greeting}the server is gone") == "the server is gone"


@pytest.mark.parametrize(
    "question",
    ["hope you can make it work as well as before", "ich hoffe, das Backup geht gut zurückzuspielen"],
)
def test_a_hope_that_is_no_wish_stays(question: str) -> None:
    assert without_courtesy(f"Hi, {question}") == question


@pytest.mark.parametrize(
    "signature",
    [
        "\nBest regards\nJane Miller\nPractice Dr. Miller",
        "\nThanks!\nTom",
        "\nmany thanks in advance, Sarah",
        " Viele Grüße, Praxis Dr. Wendt",
        "\nMit freundlichen Grüßen\nS. Koch",
        "\nDanke im Voraus!\nLG Petra",
        ". Vielen Dank und beste Grüße\nM. Huber",
        "\nmfg T. Braun",
        "\ncheers, Bob",
        "\n-- \nIT Service Nord",
    ],
)
def test_the_signature_goes(signature: str) -> None:
    assert without_courtesy(f"the server is gone{signature}").rstrip(".") == "the server is gone"


def test_thanks_in_a_report_stay_because_they_tell_that_it_is_one() -> None:
    report = "update went through fine, thanks"
    assert without_courtesy(report) == report


def test_a_long_text_after_a_formula_is_no_signature() -> None:
    text = "Thanks and regards to Tom. " + "the server has been gone since this morning. " * 3
    assert without_courtesy(text) == text.strip()


@pytest.mark.parametrize("text", ["Hello", "Guten Morgen zusammen", "Best regards", "Viele Grüße, Anna"])
def test_courtesy_alone_is_kept(text: str) -> None:
    assert without_courtesy(text).strip()


@given(st.text())
def test_something_stays_of_everything(text: str) -> None:
    shorter = without_courtesy(text)
    assert bool(shorter.strip()) == bool(text.strip())
    assert shorter in text
