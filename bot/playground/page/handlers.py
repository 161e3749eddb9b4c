"""The page's handlers: each reads a form and lets the person do it; the live stream redraws."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

from bot.playground.interactions import NO_ANSWER, find_element
from bot.playground.page.emoji import QUICK, emoji
from bot.playground.page.entries import posted_value
from bot.playground.page.live import stream
from bot.playground.page.scene import Scene, avatar
from bot.playground.payloads import file_json
from bot.playground.workspace import Kind, Message, View

if TYPE_CHECKING:
    from bot.playground.server import LocalSlack

_FOLDER = Path(__file__).parent
_NOTHING = 204
Form = Any


def add_page(application: web.Application, slack: "LocalSlack") -> None:
    """Add the page's addresses."""
    page = Page(slack)
    place = "/as/{handle}/{channel}"
    application.add_routes(
        [
            web.get("/", page.front_door),
            web.get("/as/{handle}", page.front_door),
            web.get("/as/{handle}/with/{other}", page.direct),
            web.get(place, page.room),
            web.get(place + "/home", page.home),
            web.get(place + "/part/{part}", page.part),
            web.get(place + "/events", page.events),
            web.get(place + "/options", page.options),
            *(web.post(f"{place}/{name}", page.doing(handler)) for name, handler in page.doings.items()),
            web.post("/clock/advance", page.advance),
            web.get("/archives/{channel}/{message}", page.permalink),
            web.static("/static", _FOLDER / "static"),
        ]
    )


class Page:
    """The page of one workspace."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack
        self._workspace = slack.workspace
        self._complaints: dict[str, Mapping[str, str]] = {}
        self._trouble: dict[str, str] = {}
        self._environment = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {"avatar": avatar, "emoji": emoji, "quick": QUICK[:3]}
        self.doings: Mapping[str, Callable[[Scene, Form], Awaitable[web.Response]]] = {
            "say": self._say,
            "act": self._act,
            "fill": self._fill,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "react": self._react,
            "delete": self._delete,
            "join": self._join,
        }

    # -- looking

    async def front_door(self, request: web.Request) -> web.Response:
        """The first person of the seed, and their first channel."""
        people = [person for person in self._workspace.people.values() if not person.is_bot]
        handle = request.match_info.get("handle") or people[0].handle
        person = self._workspace.people[self._workspace.handles[handle]]
        rooms = [c for c in self._workspace.channels.values() if c.name and person.id in c.members]
        first = min(rooms, key=lambda c: c.kind is not Kind.CHANNEL, default=None)
        channel = first or self._workspace.direct(person.id, self._slack.bot_user_id)
        raise web.HTTPFound(f"/as/{handle}/{channel.id}")

    async def direct(self, request: web.Request) -> web.Response:
        """The direct conversation between two people, opened if need be."""
        handles, names = self._workspace.handles, request.match_info
        if names["handle"] not in handles or names["other"] not in handles:
            raise web.HTTPNotFound
        channel = self._workspace.direct(handles[names["handle"]], handles[names["other"]])
        raise web.HTTPFound(f"/as/{names['handle']}/{channel.id}")

    async def room(self, request: web.Request) -> web.Response:
        """A conversation."""
        scene = self._scene(request)
        is_unread = scene.is_member and self._workspace.unread(scene.channel.id, scene.person.id)
        since = self._workspace.read_marks.get((scene.channel.id, scene.person.id), "0") if is_unread else ""
        if scene.is_with_app:
            self._slack.speech.open_app(scene.person.id, "messages")
        self._mark_read(scene)
        all_of_it = "all" in request.query
        return self._drawn("page.html", scene, tab="messages", since=since, all_of_it=all_of_it)

    async def home(self, request: web.Request) -> web.Response:
        """The app's Home; the app hears that somebody looks."""
        scene = self._scene(request)
        self._slack.speech.open_app(scene.person.id, "home")
        return self._drawn("page.html", scene, tab="home", since="")

    async def part(self, request: web.Request) -> web.Response:
        """One part of the page, after a change."""
        scene, part = self._scene(request), request.match_info["part"]
        if part not in {"sidebar", "timeline", "thread", "modal", "home"}:
            raise web.HTTPNotFound
        if part == "timeline":
            self._mark_read(scene)
        since, all_of_it = request.query.get("since", ""), "all" in request.query
        return self._drawn(f"{part}.html", scene, since=since, all_of_it=all_of_it)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The live stream of one page."""
        return await stream(request, self._slack, self._scene(request))

    async def options(self, request: web.Request) -> web.Response:
        """What the app offers for what was typed into an external select."""
        scene = self._scene(request)
        block, action = request.query["block"], request.query["action"]
        container = self._container(scene, request.query)
        found = await self._slack.interactions.options_for(
            scene.person.id, block, action, request.query.get("typed", ""), container
        )
        names = ("view", "channel", "ts", "block", "action")
        owner = {name: request.query[name] for name in names if name in request.query}
        is_input = isinstance(container, View) and any(
            known["block_id"] == block and known["type"] == "input" for known in container.body["blocks"]
        )
        verb = "fill" if is_input else "act"
        return self._drawn("options.html", scene, options=found, owner=owner, verb=verb)

    async def permalink(self, request: web.Request) -> web.Response:
        """A message's address: opened as the first person who may see it."""
        digits = request.match_info["message"].removeprefix("p")
        channel = self._workspace.channels.get(request.match_info["channel"])
        if channel is None:
            raise web.HTTPNotFound
        people = (self._workspace.people[user] for user in channel.members)
        reader = next((person for person in people if not person.is_bot), None)
        if reader is None:
            raise web.HTTPNotFound
        thread = request.query.get("thread_ts", "")
        place = f"/as/{reader.handle}/{channel.id}" + (f"?thread={thread}" if thread else "")
        raise web.HTTPFound(f"{place}#m-{digits[:-6]}.{digits[-6:]}")

    # -- doing

    def doing(
        self, handler: Callable[[Scene, Form], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Read the form and the scene; what somebody cannot do is told in a toast."""

        async def handle(request: web.Request) -> web.Response:
            scene, form = self._scene(request), await request.post()
            try:
                return await handler(scene, form)
            except (LookupError, ValueError) as error:
                return _toast(str(error))

        return handle

    async def _say(self, scene: Scene, form: Form) -> web.Response:
        text = str(form.get("text", "")).strip()
        files = [(part.filename, part.file.read()) for part in form.getall("files", []) if _is_file(part)]
        if form.get("editing"):
            self._slack.speech.edit(self._own(scene, form["editing"]), text)
            return _done()
        thread = str(form.get("thread") or "") or None
        if text.startswith("/") and not text.startswith("//") and not files:
            if thread:
                return _toast(f"{text.split()[0]} cannot be used in threads.")
            name, _, rest = text.partition(" ")
            await self._slack.interactions.run_command(scene.person.id, scene.channel, name, rest.strip())
            return _done()
        if text or files:
            self._slack.speech.post(
                scene.person.id,
                scene.channel,
                text,
                thread_ts=thread,
                is_broadcast=bool(form.get("broadcast")),
                files=files,
            )
        return _done()

    async def _act(self, scene: Scene, form: Form) -> web.Response:
        container = self._container(scene, form)
        block_id, action_id = form["block"], form["action"]
        blocks = container.body["blocks"] if isinstance(container, View) else container.blocks
        _, element = find_element(blocks, block_id, action_id)
        value = posted_value(element, _posted(form), scene.zone)
        if element["type"] == "feedback_buttons":
            value = form["value"]
        act = self._slack.interactions
        if isinstance(container, View):
            is_given = await act.act_on_view(scene.person.id, container, block_id, action_id, value)
        else:
            is_given = await act.act_on_message(scene.person.id, container, block_id, action_id, value)
        return _done() if is_given else _toast(f"⚠ {scene.app.name} did not respond. Try again?")

    async def _fill(self, scene: Scene, form: Form) -> web.Response:
        view, posted = self._container(scene, form), _posted(form)
        if not isinstance(view, View):
            return _done()
        _, element = find_element(view.body["blocks"], form["block"], form["action"])
        is_external = "external" in element["type"]
        # What is typed into the search of an external select is no choice yet.
        if not is_external or posted:
            self._filled(scene, view, posted, form["block"], form["action"])
        if is_external and posted:
            self._workspace.set_modals(view.user, self._workspace.modals[view.user])
        return _done()

    async def _submit(self, scene: Scene, form: Form) -> web.Response:
        view = self._container(scene, form)
        if not isinstance(view, View):
            return _toast("That is closed already.")
        for block in view.body["blocks"]:
            if block["type"] == "input" and "external" not in block["element"]["type"]:
                block_id, action_id = block["block_id"], block["element"]["action_id"]
                posted = form.getall(f"v:{block_id}:{action_id}", [])
                view = self._filled(scene, view, posted, block_id, action_id)
        outcome = await self._slack.interactions.submit(view)
        self._complaints[view.id], self._trouble[view.id] = outcome.errors, outcome.trouble
        return self._drawn("modal.html", scene)

    def _filled(self, scene: Scene, view: View, posted: Any, block_id: str, action_id: str) -> View:
        _, element = find_element(view.body["blocks"], block_id, action_id)
        if element["type"] == "file_input":
            return self._with_files(scene, view, posted, block_id, action_id)
        value = posted_value(element, posted, scene.zone)
        return self._slack.interactions.fill(view, block_id, action_id, value)

    def _with_files(self, scene: Scene, view: View, posted: Any, block_id: str, action_id: str) -> View:
        # The files came when they were chosen; the submission carries them a second time.
        known = view.values.get(block_id, {}).get(action_id, {}).get("files")
        parts = [part for part in posted if _is_file(part)]
        if known or not parts:
            return view
        stored = [self._slack.shelf.store(p.filename, p.file.read(), scene.person.id) for p in parts]
        files = [file_json(self._slack.installation, each) for each in stored]
        return self._slack.interactions.fill(view, block_id, action_id, files)

    async def _close(self, scene: Scene, form: Form) -> web.Response:
        if scene.modal:
            await self._slack.interactions.close(scene.modal, all_of_them=bool(form.get("all")))
        return self._drawn("modal.html", scene)

    async def _shortcut(self, scene: Scene, form: Form) -> web.Response:
        message = self._message(scene, form["ts"]) if form.get("ts") else None
        shortcuts = self._slack.installation.manifest.shortcuts
        shortcut = next(s for s in shortcuts if s.callback_id == form["callback"])
        is_given = await self._slack.interactions.run_shortcut(scene.person.id, shortcut, message)
        return _done() if is_given else _toast(f"⚠ {NO_ANSWER}")

    async def _react(self, scene: Scene, form: Form) -> web.Response:
        message = self._message(scene, form["ts"])
        if scene.person.id in dict(message.reactions).get(form["name"], ()):
            self._workspace.unreact(message, form["name"], scene.person.id)
        else:
            self._workspace.react(message, form["name"], scene.person.id)
        return _done()

    async def _delete(self, scene: Scene, form: Form) -> web.Response:
        self._workspace.delete(self._own(scene, form["ts"]))
        return _done()

    async def _join(self, scene: Scene, form: Form) -> web.Response:
        self._slack.speech.join(scene.person.id, scene.channel)
        return web.Response(status=_NOTHING, headers={"HX-Refresh": "true"})

    async def advance(self, request: web.Request) -> web.Response:
        """Move the workspace's clock: by seconds, to an instant, or to a local time of somebody's zone."""
        form = await request.post()
        try:
            if form.get("seconds"):
                self._slack.clock.advance(timedelta(seconds=float(str(form["seconds"]))))
            elif form.get("to"):
                self._slack.clock.advance_to(datetime.fromisoformat(str(form["to"])))
            else:
                local = datetime.fromisoformat(str(form["local"]))
                self._slack.clock.advance_to(local.replace(tzinfo=ZoneInfo(str(form["zone"]))))
        except (KeyError, ValueError):
            return _toast("The clock only moves forward.")
        return _done()

    # -- within

    def _scene(self, request: web.Request) -> Scene:
        user = self._workspace.handles.get(request.match_info["handle"], "")
        channel = self._workspace.channels.get(request.match_info["channel"])
        if not user or channel is None:
            raise web.HTTPNotFound
        is_private = channel.kind is not Kind.CHANNEL
        if is_private and user not in channel.members:
            raise web.HTTPForbidden
        return Scene(self._slack, self._workspace.people[user], channel, request.query.get("thread", ""))

    def _mark_read(self, scene: Scene) -> None:
        if scene.is_member:
            self._workspace.mark_read(scene.channel.id, scene.person.id)

    def _container(self, scene: Scene, form: Any) -> Message | View:
        if not form.get("view"):
            return self._message(scene, form["ts"])
        view = self._workspace.find_view(form["view"])
        if view is None or view.user != scene.person.id:
            raise LookupError("That is closed already.")
        return view

    def _message(self, scene: Scene, ts: str) -> Message:
        message = self._workspace.message(scene.channel.id, ts)
        if message is None or message.visible_to not in {None, scene.person.id}:
            raise LookupError("That message is gone.")
        return message

    def _own(self, scene: Scene, ts: str) -> Message:
        message = self._message(scene, ts)
        if message.user != scene.person.id:
            raise LookupError("Only its author can do that.")
        return message

    def _drawn(self, template: str, scene: Scene, **more: Any) -> web.Response:
        manifest = self._slack.installation.manifest
        view = scene.modal
        context = {
            "scene": scene,
            "here": f"/as/{scene.person.handle}/{scene.channel.id}",
            "shortcuts": [s for s in manifest.shortcuts if s.is_for_messages],
            "global_shortcuts": [s for s in manifest.shortcuts if not s.is_for_messages],
            "words": scene.words,
            "plain": scene.plain,
            "since": "",
            "all_of_it": False,
            "tab": "messages",
            "ahead": scene.ahead,
            "moves": self._slack.moves,
            "complaints": self._complaints.get(view.id, {}) if view else {},
            "trouble": self._trouble.get(view.id, "") if view else "",
        } | more
        html = self._environment.get_template(template).render(context)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
        return web.Response(text=html, content_type="text/html", headers=headers)


_POLICY = "default-src 'self'; img-src * data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def _posted(form: Any) -> Any:
    """A control's own values; buttons send theirs as "value"."""
    return form.getall(f"v:{form['block']}:{form['action']}", None) or form.getall("value", [])


def _is_file(part: Any) -> bool:
    return isinstance(part, web.FileField) and bool(part.filename)


def _done() -> web.Response:
    return web.Response(status=_NOTHING)


def _toast(text: str) -> web.Response:
    return web.Response(status=_NOTHING, headers={"HX-Trigger": json.dumps({"toast": text})})
