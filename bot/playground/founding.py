"""A workspace's first day: people, channels and the app from the seed."""

from collections.abc import Iterable

from bot.playground.installation import Installation
from bot.playground.seed import Seed, SeedChannel, SeedPerson
from bot.playground.workspace import Channel, Kind, Person, Workspace, stable_id


def found(workspace: Workspace, installation: Installation, seed: Seed) -> None:
    """Fill a new workspace; a channel that names an unknown member raises ValueError."""
    slackbot = stable_id("U", workspace.team_id, "slackbot")
    workspace.add_person(_bot(workspace, slackbot, "slackbot", "Slackbot"))
    workspace.add_person(
        _bot(workspace, installation.bot_user, seed.bot_name.lower().replace(" ", "_"), seed.bot_name)
    )
    for person in seed.people:
        workspace.add_person(_person(workspace, person))
    for channel in seed.channels:
        workspace.add_channel(_channel(workspace, installation, channel))
    for person in seed.people:
        workspace.direct(workspace.handles[person.handle.lower()], installation.bot_user)


def found_bot(workspace: Workspace, name: str) -> None:
    """Let another app's bot into the workspace."""
    workspace.add_person(_bot(workspace, stable_id("U", workspace.team_id, name), name.lower(), name))


def _person(workspace: Workspace, person: SeedPerson) -> Person:
    team = stable_id("T", person.email.rpartition("@")[2] or "elsewhere")
    return Person(
        id=stable_id("U", workspace.team_id, person.handle),
        handle=person.handle,
        name=person.name,
        email=person.email,
        title=person.title,
        locale=person.locale,
        time_zone=person.time_zone,
        team_id=team if person.is_external else workspace.team_id,
        is_external=person.is_external,
    )


def _bot(workspace: Workspace, user: str, handle: str, name: str) -> Person:
    return Person(user, handle, name, "", "", "en-US", "UTC", workspace.team_id, is_bot=True)


def _channel(workspace: Workspace, installation: Installation, channel: SeedChannel) -> Channel:
    members = [*_members(workspace, channel)]
    if channel.bot_is_member:
        members.append(installation.bot_user)
    return Channel(
        id=stable_id("C", workspace.team_id, channel.name),
        name=channel.name,
        kind=Kind.GROUP if channel.is_private else Kind.CHANNEL,
        members=tuple(members),
        created=workspace.now_seconds,
        topic=channel.topic,
        is_shared=channel.is_shared,
    )


def _members(workspace: Workspace, channel: SeedChannel) -> Iterable[str]:
    handles = workspace.handles
    for handle in channel.members:
        if handle.lower() not in handles:
            raise ValueError(f"#{channel.name} has the member {handle}, who is not among the people.")
        yield handles[handle.lower()]
