import json

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.arrival import Arrival, Asked, Invited, Press, Pressed, from_content, kind_of, to_content
from bot.domain.manners import Address
from bot.domain.network import SlackUser
from tests.builders import ANNA, TEAM, asked, pressed

words = st.text(max_size=40)
users = st.builds(SlackUser, words, words)
arrivals = st.one_of(
    st.builds(
        Asked,
        *(words, users, words, words, st.text(), st.sampled_from(Address), words),
        st.booleans(),
        st.booleans(),
        words,
    ),
    st.builds(
        Pressed, words, users, words, words, words, st.sampled_from(Press), st.integers(0), words, words
    ),
    st.builds(Invited, words, users, words, words),
)


@given(arrivals)
def test_an_arrival_comes_back_from_json_as_it_was(arrival: Arrival) -> None:
    stored = json.loads(json.dumps(to_content(arrival)))
    assert from_content(kind_of(arrival), stored) == arrival
    assert from_content(kind_of(arrival), stored).key == arrival.key


def test_a_message_carries_nothing_but_text_until_told_otherwise() -> None:
    assert not asked().mentions_others
    assert not asked().has_files
    assert not asked().has_image


def test_the_kinds_are_stored_under_names_that_must_not_change() -> None:
    invited = Invited(TEAM, ANNA, "C0HELP", "1.0")
    assert [kind_of(one) for one in (asked(), pressed(), invited)] == ["asked", "pressed", "invited"]


def test_a_message_and_its_mention_have_the_same_key() -> None:
    overheard = asked(address=Address.OVERHEARD, text="@Signpost help")
    assert overheard.key == asked(address=Address.MENTION, text="help").key


def test_another_place_or_another_time_is_another_message() -> None:
    others = [asked(message_ts="2.0"), asked(channel_id="C0ELSE"), asked(workspace_id="T0ELSE")]
    assert len({one.key for one in [asked(), *others]}) == 4


def test_a_second_press_of_the_same_button_is_another_press() -> None:
    bert = SlackUser(TEAM, "U0BERT")
    others = [
        pressed(action_ts="9.0"),
        pressed(user=bert),
        pressed(message_ts="3.0"),
        pressed(channel_id="C1"),
    ]
    assert len({one.key for one in [pressed(), *others]}) == 5


def test_what_is_pressed_never_has_the_key_of_what_is_asked() -> None:
    question = asked(message_ts="1.0", channel_id="C1")
    press = pressed(message_ts="1.0", channel_id="C1")
    assert len({question.key, press.key, Invited(TEAM, ANNA, "C1", "1.0").key}) == 3
