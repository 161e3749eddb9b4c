"""Hostile text, files and knowledge: a few examples in every run, many with `python -m tests.fuzz`."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.targets import TARGETS

EXAMPLES = 60


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_is_harmless_or_clearly_refused(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(target.given)
    def holds(value: Any) -> None:
        target.holds(value)

    holds()
