from msgspec import Struct


class SeedPerson(Struct, frozen=True):
    """Someone of the workspace; `handle` is what one types after the @ ("anna")."""

    handle: str
    name: str
    email: str = ""
    title: str = ""
    locale: str = "en-US"
    time_zone: str = "Europe/Berlin"
    is_external: bool = False


class SeedChannel(Struct, frozen=True):
    """A channel by its name without '#', with the handles of its members."""

    name: str
    members: tuple[str, ...]
    topic: str = ""
    is_private: bool = False
    is_shared: bool = False
    bot_is_member: bool = True


class Seed(Struct, frozen=True):
    """Who and what is in the workspace when it opens."""

    people: tuple[SeedPerson, ...]
    channels: tuple[SeedChannel, ...]
    team_name: str = "OnyxCeph support network"
    bot_name: str = "Signpost"
