"""Text that both engines and every file can hold."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Put the sign for what cannot be shown in the place of what cannot be stored.

    PostgreSQL refuses NUL, and half of a surrogate pair has no encoding at all.
    """
    return _UNSTORABLE.sub("\ufffd", text)
