"""A browser with which somebody installs the app: it keeps cookies and follows what it is shown."""

import html
import re

import aiohttp
from msgspec import Struct, field

from bot.playground import LocalSlack

INSTALL_PATH = "/slack/install"


class Page(Struct):
    """What a browser shows in the end, and the address it stands at."""

    status: int
    text: str
    address: str
    headers: dict[str, str]


class Browser(Struct):
    """Somebody's browser. It keeps cookies as one does over https."""

    language: str = "en-GB"
    cookies: dict[str, str] = field(default_factory=dict)
    leads: tuple[str, str] = ("nowhere", "")
    """An address that a proxy answers, and the replica that it leads to now."""

    async def opens(self, address: str) -> Page:
        """Open an address, and follow where it leads."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            while True:
                cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
                headers = {"Accept-Language": self.language, **({"Cookie": cookie} if cookie else {})}
                proxy, replica = self.leads
                where = replica + address.removeprefix(proxy) if address.startswith(proxy) else address
                async with session.get(where, headers=headers, allow_redirects=False) as answer:
                    for name, morsel in answer.cookies.items():
                        self.cookies[name] = morsel.value
                    if answer.status != 302:
                        text = await answer.text()
                        return Page(answer.status, text, address, dict(answer.headers))
                    address = answer.headers["Location"]

    async def begins(self, app: str, slack: LocalSlack, *, agrees: bool = True) -> str:
        """Open the app's first page, and return where its button leads, for this workspace."""
        first = await self.opens(app + INSTALL_PATH)
        assert first.status == 200
        link = re.search(r'<a class="go" href="([^"]*)"', first.text)
        assert link is not None
        return f"{html.unescape(link[1])}&team={slack.team_id}{'' if agrees else '&decline=1'}"

    async def installs(self, app: str, slack: LocalSlack, *, agrees: bool = True) -> Page:
        """Install the app from its first page on, in this workspace."""
        return await self.opens(await self.begins(app, slack, agrees=agrees))
