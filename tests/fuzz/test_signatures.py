"""Whoever knocks at the HTTP door: only what Slack signed gets in, and nothing makes it stumble."""

from hypothesis import HealthCheck, given, settings

from tests.fuzz.signatures import KNOCKS, Knock, check_door, open_door

EXAMPLES = 60


def test_only_what_slack_signed_gets_in_whatever_the_headers_say() -> None:
    with open_door() as door:

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(KNOCKS)
        def holds(knock: Knock) -> None:
            check_door(door, knock)

        holds()
