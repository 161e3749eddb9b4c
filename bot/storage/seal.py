"""Keeping secrets in the database so that the database alone does not give them away."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBrokenError(Exception):
    """None of the keys opens it: the key with which it was sealed is missing, or it was changed."""


class Seal:
    """Seals with the first of some keys, and opens with any: https://cryptography.io/en/latest/fernet/."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys that `new_key` made, the newest first; `ValueError` for none, or one that is no key."""
        if not keys:
            raise ValueError("no key")
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def close(self, secret: str) -> str:
        """Seal a secret."""
        return self._keys.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises `SealBrokenError`."""
        try:
            return self._keys.decrypt(sealed).decode()
        except (InvalidToken, ValueError):  # Somebody changed it, with signs that it never has.
            raise SealBrokenError from None


def new_key() -> str:
    """Make a key, of 32 random bytes in URL-safe base64."""
    return Fernet.generate_key().decode()
