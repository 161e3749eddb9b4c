"""The local Slack itself: everything put together behind one address on this machine."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from bot.playground.answers import Answers
from bot.playground.callbacks import HttpCallbacks
from bot.playground.changes import ClockOffers
from bot.playground.clock import WorkspaceClock
from bot.playground.delivery import Courier
from bot.playground.doors import add_doors
from bot.playground.events import EventStream
from bot.playground.faults import FaultsOnDemand
from bot.playground.files import FileShelf
from bot.playground.founding import found, found_bot
from bot.playground.installation import Installation
from bot.playground.interactions import Interactions
from bot.playground.manifest import read_manifest
from bot.playground.methods import METHODS
from bot.playground.pacing import Pacer
from bot.playground.page.handlers import add_page
from bot.playground.people import PersonInTests
from bot.playground.registration import Registration, new_bot_token, new_registration
from bot.playground.rules import Limits
from bot.playground.seed import Seed
from bot.playground.shown import Shown
from bot.playground.speech import Speech
from bot.playground.triggers import ResponseUrls, Triggers
from bot.playground.views import Views
from bot.playground.webapi import Call, Services, WebApi
from bot.playground.workspace import Channel, Message, Workspace, stable_id

Json = dict[str, Any]


class LocalSlack:
    """A Slack workspace on 127.0.0.1, with the app of the manifest installed; used with `async with`.

    `transport` says how payloads reach the app: "socket" (it connects itself) or "http" (to `request_url`,
    which may be set later). `limits` holds Slack's numbers and `monotonic` the clock of the pacing. The
    workspaces of one app share its `registration`.
    """

    def __init__(  # noqa: PLR0913 - whatever a test may want its own way
        self,
        seed: Seed,
        *,
        manifest: Mapping[str, Any],
        port: int = 0,
        transport: Literal["socket", "http"] = "socket",
        limits: Limits | None = None,
        clock: WorkspaceClock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        registration: Registration | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.clock = clock or WorkspaceClock()
        self.faults = FaultsOnDemand()
        self.workspace = Workspace(stable_id("T", seed.team_name), seed.team_name, self.clock)
        self.registration = registration or new_registration(
            stable_id("A", seed.team_name), self.limits, monotonic
        )
        self.installation = Installation(
            workspace=self.workspace,
            manifest=read_manifest(manifest),
            limits=self.limits,
            app_id=self.registration.app_id,
            bot_id=stable_id("B", seed.team_name),
            bot_user=stable_id("U", seed.team_name, "bot"),
            bot_token=new_bot_token(),
            app_token=self.registration.app_token,
            signing_secret=self.registration.signing_secret,
        )
        found(self.workspace, self.installation, seed)
        self.sockets = self.registration.sockets
        self.callbacks = HttpCallbacks(self.installation.signing_secret)
        self.courier = Courier(
            self.sockets if transport == "socket" else self.callbacks, self.limits, self.faults
        )
        self.closing = asyncio.Event()
        self.pages: set[asyncio.Event] = set()
        self.moves: Sequence[tuple[str, str]] = ()
        self._port = port
        self._runner: web.AppRunner | None = None
        self._assemble(monotonic)

    def _assemble(self, monotonic: Callable[[], float]) -> None:
        installation = self.installation
        self.events = EventStream(installation, self.courier.send_event)
        self.triggers = Triggers(self.clock, self.limits)
        self.response_urls = ResponseUrls(self.clock, self.limits)
        self.shelf = FileShelf(self.workspace)
        self.views = Views(installation, self.triggers)
        self.answers = Answers(installation)
        self.speech = Speech(installation, self.shelf, self.events)
        self.interactions = Interactions(
            installation,
            self.courier,
            self.triggers,
            self.response_urls,
            self.views,
            self.answers,
            self.speech,
        )
        services = Services(installation, self.views, self.sockets, self.shelf, Pacer(monotonic))
        self.web_api = WebApi(services, METHODS, self.faults)

    # -- opening and closing

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=100 * 1024 * 1024)
        add_doors(application, self)
        add_page(application, self)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        address = self._runner.addresses[0]
        self.installation.base_url = f"http://127.0.0.1:{address[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        for page in tuple(self.pages):
            page.set()
        await self.courier.close()
        await self.sockets.close()
        await self.callbacks.close()
        if self._runner:
            await self._runner.cleanup()

    # -- what an app needs to know

    @property
    def api_url(self) -> str:
        """The Web API's address with the slash at its end, for `AsyncWebClient(base_url=…)`."""
        return f"{self.installation.base_url}/api/"

    @property
    def page_url(self) -> str:
        """Where the workspace opens in a browser."""
        return f"{self.installation.base_url}/"

    @property
    def bot_token(self) -> str:
        """The token of the Web API ("xoxb-…")."""
        return self.installation.bot_token

    @property
    def app_token(self) -> str:
        """The token of Socket Mode ("xapp-…")."""
        return self.installation.app_token

    @property
    def signing_secret(self) -> str:
        """The secret with which payloads over HTTP are signed."""
        return self.installation.signing_secret

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.workspace.team_id

    @property
    def bot_user_id(self) -> str:
        """The user id of the app's bot."""
        return self.installation.bot_user

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, in the order in which they came."""
        return self.web_api.calls

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method so far."""
        return [call for call in self.calls if call.method == method]

    async def called(self, method: str, count: int = 1, *, within: float = 5.0) -> list[Call]:
        """Wait until a method has been answered so many times, and return those calls."""
        answered = asyncio.Event()
        end = self.web_api.on_call(lambda _: answered.set())
        try:
            async with asyncio.timeout(within):
                while len(self.calls_of(method)) < count:
                    answered.clear()
                    await answered.wait()
        except TimeoutError:
            done = ", ".join(call.method for call in self.calls) or "none"
            raise AssertionError(f"{method} was not called {count} times, but: {done}") from None
        finally:
            end()
        return self.calls_of(method)

    @property
    def request_url(self) -> str:
        """Where payloads go with transport "http"."""
        return self.callbacks.request_url

    @request_url.setter
    def request_url(self, address: str) -> None:
        self.callbacks.request_url = address

    def user_id(self, handle: str) -> str:
        """The user id behind a handle ("anna"); KeyError when nobody has it."""
        return self.workspace.handles[handle.lower().removeprefix("@")]

    def channel_id(self, name: str) -> str:
        """The channel id behind a name ("support" or "#support"); KeyError when there is none."""
        return self.workspace.channel_names[name.removeprefix("#")]

    def direct_id(self, handle: str) -> str:
        """The id of somebody's direct conversation with the app."""
        return self.workspace.direct(self.user_id(handle), self.bot_user_id).id

    async def connected(self, count: int = 1) -> None:
        """Wait until the app holds so many sockets; with transport "http" there is nothing to wait for."""
        if self.courier.carries(self.sockets):
            await self.sockets.connected(count)

    async def settled(self) -> None:
        """Wait until every event has been acknowledged, or its first delivery given up."""
        await self.courier.settled()

    def offer_moves(self, moves: Sequence[tuple[str, str]]) -> None:
        """Let the page offer these moves of the clock: a label, and when to as an ISO time."""
        self.moves = tuple(moves)
        self.workspace.tell(ClockOffers())

    # -- installing the app, and taking it away

    def install(self) -> Json:
        """Install the app again, with a new token; returns what oauth.v2.access tells of it."""
        installation, workspace = self.installation, self.workspace
        installation.bot_token, installation.is_installed = new_bot_token(), True
        installer = next(person for person in workspace.people.values() if not person.is_bot)
        return {
            "access_token": installation.bot_token,
            "token_type": "bot",
            "scope": installation.provided,
            "bot_user_id": installation.bot_user,
            "app_id": installation.app_id,
            "team": {"id": self.team_id, "name": workspace.team_name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": installer.id},
        }

    def uninstall(self) -> None:
        """Take the app away: it hears of it twice, and its token is worth nothing any more."""
        installation = self.installation
        installation.revoked.add(installation.bot_token)
        if "tokens_revoked" in installation.manifest.events:
            tokens = {"oauth": [], "bot": [self.bot_user_id]}
            self.events.emit({"type": "tokens_revoked", "tokens": tokens})
        if "app_uninstalled" in installation.manifest.events:
            self.events.emit({"type": "app_uninstalled"})
        installation.is_installed = False

    # -- people and their like, in tests

    def person(self, handle: str) -> PersonInTests:
        """Somebody of the seed, to act as."""
        return PersonInTests(self, self.user_id(handle))

    def place(self, name: str, user: str) -> Channel:
        """The conversation that somebody calls "#support", "@Signpost" or "@anna"."""
        if name.startswith("@"):
            return self.workspace.direct(user, self.user_id(name))
        found_id = name if name in self.workspace.channels else self.channel_id(name)
        return self.workspace.channels[found_id]

    def bot_says(
        self, text: str, *, in_: str, name: str = "Otherbot", thread: Shown | None = None
    ) -> Message:
        """Let another app post; it joins the channel for that."""
        handle = name.lower()
        if handle not in self.workspace.handles:
            found_bot(self.workspace, name)
        user = self.user_id(handle)
        channel = self.place(in_, user)
        if user not in channel.members:
            self.workspace.join(channel.id, user)
        message = Message(
            channel=channel.id,
            ts="",
            user=user,
            text=text,
            thread_ts=thread.ts if thread else None,
            bot_id=stable_id("B", self.team_id, handle),
        )
        return self.workspace.post(message)

    def invite_bot(self, channel: str, *, by: str) -> None:
        """Let somebody invite the app into a channel."""
        inviter = self.user_id(by)
        self.speech.join(self.bot_user_id, self.place(channel, inviter), inviter)

    def archive(self, channel: str) -> None:
        """Archive a channel."""
        self.workspace.archive(self.channel_id(channel))

    def deliver_raw(self, event: Json, *, in_: str = "") -> Json:
        """Deliver an event of your own making in Slack's wrapper; returns the whole payload."""
        channel = self.workspace.channels[self.channel_id(in_)] if in_ else None
        return self.events.emit(event, channel=channel)

    def redeliver(self, payload: Json | None = None, *, attempt: int = 1, reason: str = "timeout") -> Json:
        """Deliver an event once more under the same event_id; without a payload the last one."""
        again = payload or self.sent_events[-1]
        self.courier.send_event(again, attempt=attempt, reason=reason)
        return again

    @property
    def sent_events(self) -> list[Json]:
        """The payload of every event delivery so far, redeliveries included."""
        return [sent.payload for sent in self.courier.delivered if sent.kind == "events_api"]
