"""The methods of the Web API that Signpost uses; all others are refused by name."""

from collections.abc import Mapping

from bot.playground.methods import about, chat, conversations, files, users, views
from bot.playground.webapi import Method

METHODS: Mapping[str, Method] = {
    **about.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **users.METHODS,
    **views.METHODS,
}
