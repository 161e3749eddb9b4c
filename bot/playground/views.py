"""Modals and Homes: opening, pushing, updating; https://docs.slack.dev/surfaces/modals."""

import secrets
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from bot.playground.drafts import checked_view
from bot.playground.installation import Installation
from bot.playground.rules import RefusedError
from bot.playground.triggers import Triggers
from bot.playground.values import carried_over, initial_values
from bot.playground.workspace import View


class Views:
    """What the app may do with the views of the people."""

    def __init__(self, installation: Installation, triggers: Triggers) -> None:
        self._installation, self._triggers = installation, triggers
        self._workspace = installation.workspace

    def open(self, trigger_id: str, given: Any) -> View:
        """Show a modal to whoever the trigger belongs to, in place of those still open."""
        body = self._modal(given)
        trigger = self._triggers.exchange(trigger_id)
        view = self._new(trigger.user, body)
        self._workspace.set_modals(trigger.user, (view,))
        return view

    def push(self, trigger_id: str, given: Any) -> View:
        """Lay a modal over the one in which the trigger arose."""
        body = self._modal(given)
        trigger = self._triggers.exchange(trigger_id)
        if not trigger.view_id or self._workspace.find_view(trigger.view_id) is None:
            raise RefusedError("not_found")
        return self._lay_over(trigger.user, body)

    def push_answer(self, user: str, given: Any) -> View:
        """The push that an app answers a submission with."""
        return self._lay_over(user, self._modal(given))

    def update(self, given: Any, *, view_id: str = "", external_id: str = "", known_hash: str = "") -> View:
        """Replace a modal; what was filled in stays where block_id and action_id are the same."""
        body = checked_view(given, self._installation.limits)
        view = self._workspace.find_view(view_id, external_id)
        if view is None or view.body["type"] != body["type"]:
            raise RefusedError("not_found")
        if known_hash and known_hash != view.hash:
            raise RefusedError("hash_conflict")
        after = replace(view, body=body, hash=self._hash(), values=carried_over(body["blocks"], view.values))
        if body["type"] == "home":
            self._workspace.publish_home(after)
            return after
        stack = self._workspace.modals[view.user]
        self._workspace.set_modals(
            view.user, tuple(after if known.id == view.id else known for known in stack)
        )
        return after

    def publish(self, user_id: str, given: Any, known_hash: str = "") -> View:
        """Give a person a Home."""
        if not self._installation.manifest.has_home:
            raise RefusedError("not_enabled")
        body = checked_view(given, self._installation.limits)
        if body["type"] != "home":
            raise RefusedError("invalid_arguments", response_metadata={"messages": ["[ERROR] not a home"]})
        user = self._installation.person(user_id).id
        known = self._workspace.homes.get(user)
        if known_hash and known and known_hash != known.hash:
            raise RefusedError("hash_conflict")
        view = self._new(user, body)
        if known:
            view = replace(view, id=known.id, root_id=known.id)
        self._workspace.publish_home(view)
        return view

    def close(self, view: View, *, all_of_them: bool = False) -> tuple[View, ...]:
        """Take the modal away, or the whole stack; returns what was closed."""
        stack = self._workspace.modals.get(view.user, ())
        clears = all_of_them or bool(view.body.get("clear_on_close"))
        remaining = () if clears else tuple(known for known in stack if known.id != view.id)
        self._workspace.set_modals(view.user, remaining)
        return tuple(known for known in stack if known not in remaining)

    def _modal(self, given: Any) -> Mapping[str, Any]:
        body = checked_view(given, self._installation.limits)
        if body["type"] != "modal":
            raise RefusedError("invalid_arguments", response_metadata={"messages": ["[ERROR] not a modal"]})
        external_id = body.get("external_id")
        if external_id and self._workspace.find_view(external_id=external_id):
            raise RefusedError("duplicate_external_id")
        return body

    def _lay_over(self, user: str, body: Mapping[str, Any]) -> View:
        stack = self._workspace.modals.get(user, ())
        if len(stack) >= self._installation.limits.pushed_views:
            raise RefusedError("push_limit_reached")
        view = self._new(user, body)
        view = replace(view, root_id=stack[0].id, previous_id=stack[-1].id) if stack else view
        self._workspace.set_modals(user, (*stack, view))
        return view

    def _new(self, user: str, body: Mapping[str, Any]) -> View:
        view_id = self._workspace.next_id("V")
        return View(view_id, user, body, self._hash(), view_id, None, initial_values(body["blocks"]))

    def _hash(self) -> str:
        return f"{self._workspace.now_seconds}.{secrets.token_hex(4)}"
