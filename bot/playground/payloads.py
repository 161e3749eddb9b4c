"""The JSON shapes in which Slack speaks of people, channels, messages and views."""

import mimetypes
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.playground.installation import Installation
from bot.playground.workspace import Channel, Kind, Message, Person, StoredFile, View

Json = dict[str, Any]


def user_json(installation: Installation, person: Person, *, with_locale: bool = False) -> Json:
    """A user object, https://docs.slack.dev/reference/objects/user-object."""
    profile: Json = {
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.name.split(maxsplit=1)[0] if not person.is_bot else person.name,
        "title": person.title,
        "team": person.team_id,
    }
    # Outsiders keep their address to themselves, and so does the workspace without the scope for it.
    if person.email and not person.is_external and installation.may("users:read.email"):
        profile["email"] = person.email
    if person.is_bot:
        profile |= {"bot_id": installation.bot_id, "api_app_id": installation.app_id}
    user: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.handle,
        "deleted": False,
        "real_name": person.name,
        "tz": person.time_zone,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_stranger": person.is_external,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
        "profile": profile,
    }
    return user | ({"locale": person.locale} if with_locale else {})


def channel_json(installation: Installation, channel: Channel, *, with_count: bool = False) -> Json:
    """A conversation object, https://docs.slack.dev/reference/objects/conversation-object."""
    shape: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.kind is Kind.IM,
        "is_mpim": channel.kind is Kind.MPIM,
        "is_channel": channel.kind is Kind.CHANNEL,
        "is_group": channel.kind is Kind.GROUP,
        "is_private": channel.kind is not Kind.CHANNEL,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "context_team_id": installation.team_id,
    }
    if channel.kind is Kind.IM:
        others = [member for member in channel.members if member != installation.bot_user]
        return shape | {"user": others[0] if others else installation.bot_user}
    shape |= {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": False,
        "is_member": installation.is_member(channel),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    return shape | ({"num_members": len(channel.members)} if with_count else {})


def file_json(installation: Installation, stored: StoredFile) -> Json:
    """A file object, https://docs.slack.dev/reference/objects/file-object."""
    address = f"{installation.base_url}/files-pri/{installation.team_id}-{stored.id}"
    name = quote(stored.name, safe="")
    extension = stored.name.rpartition(".")[2] or mimetypes.guess_extension(stored.mimetype) or "txt"
    return {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title or stored.name,
        "mimetype": stored.mimetype,
        "filetype": extension.lower(),
        "pretty_type": extension.upper(),
        "user": stored.user,
        "user_team": installation.team_id,
        "mode": "hosted",
        "size": len(stored.content),
        "is_external": False,
        "is_public": True,
        "url_private": f"{address}/{name}",
        "url_private_download": f"{address}/download/{name}",
        "permalink": f"{installation.base_url}/files/{stored.user}/{stored.id}/{name}",
    }


def message_json(installation: Installation, message: Message, *, with_metadata: bool = True) -> Json:
    """A message as chat.postMessage answers it and history lists it."""
    person = installation.workspace.people[message.user]
    shape: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": person.team_id,
    }
    if message.bot_id:
        shape |= {"bot_id": message.bot_id}
        if message.bot_id == installation.bot_id:
            shape |= {"app_id": installation.app_id, "bot_profile": bot_profile(installation)}
    if person.is_external:
        shape |= {"user_team": person.team_id, "source_team": person.team_id}
    optional: Mapping[str, Any] = {
        "subtype": message.subtype,
        "client_msg_id": message.client_msg_id,
        "thread_ts": message.thread_ts,
        "parent_user_id": _parent_user(installation, message),
        "blocks": [dict(block) for block in message.blocks],
        "metadata": dict(message.metadata) if message.metadata and with_metadata else None,
        "files": [file_json(installation, stored) for stored in message.files],
        "edited": {"user": message.user, "ts": message.edited_ts} if message.edited_ts else None,
        "reactions": [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions
        ],
        "is_ephemeral": True if message.visible_to else None,
    }
    return shape | {name: value for name, value in optional.items() if value}


def bot_profile(installation: Installation) -> Json:
    """How a bot's messages introduce it."""
    return {
        "id": installation.bot_id,
        "app_id": installation.app_id,
        "name": installation.manifest.name,
        "deleted": False,
        "updated": 0,
        "team_id": installation.team_id,
    }


def thread_json(installation: Installation, parent: Message) -> Json:
    """What a message with replies tells of its thread; empty when there are none."""
    replies = installation.workspace.replies(parent.channel, parent.ts)
    if not replies:
        return {}
    writers = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": parent.ts,
        "reply_count": len(replies),
        "reply_users_count": len(writers),
        "reply_users": writers,
        "latest_reply": replies[-1].ts,
        "subscribed": False,
    }


def view_json(installation: Installation, view: View) -> Json:
    """A view object, https://docs.slack.dev/reference/objects/view-object."""
    nothing: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return (
        nothing
        | dict(view.body)
        | {
            "id": view.id,
            "team_id": installation.team_id,
            "app_id": installation.app_id,
            "app_installed_team_id": installation.team_id,
            "bot_id": installation.bot_id,
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "state": {"values": {block: dict(values) for block, values in view.values.items()}},
        }
    )


def _parent_user(installation: Installation, message: Message) -> str | None:
    if not message.is_reply or message.thread_ts is None:
        return None
    parent = installation.workspace.message(message.channel, message.thread_ts)
    return parent.user if parent else None
