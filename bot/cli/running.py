"""Running the bot until it is stopped."""

import asyncio
import gc
import signal
import socket
import tempfile
import webbrowser
from pathlib import Path

import typer

from bot.app.service import serve
from bot.cli.logs import set_up_logs
from bot.settings import SettingsError, load_settings


def run_serve(http_port: int | None, status_address: str, *, verbose: bool) -> None:
    """Run in the configured workspaces."""
    settings = load_settings(**({"status_address": status_address} if status_address else {}))
    set_up_logs(settings.log_format, verbose=verbose)

    async def run() -> None:
        await serve(settings, _stop_on_signals(), http_port=http_port, ready=lambda _address: gc.enable())

    asyncio.run(run())


def run_try(port: int, *, open_browser: bool, verbose: bool) -> None:
    """Run the bot beside a local workspace, and open its page where a browser can be opened."""
    from bot.app.trial import open_trial

    settings = load_settings()
    set_up_logs(settings.log_format, verbose=verbose, quiet=True)

    async def run(folder: Path) -> None:
        stop = _stop_on_signals()
        async with open_trial(folder, port, command=settings.support_command) as trial:
            serving = asyncio.create_task(serve(trial.settings, stop, clock=trial.clock))
            await asyncio.wait(
                [serving, asyncio.create_task(trial.connected())], return_when=asyncio.FIRST_COMPLETED
            )
            if not serving.done():
                _greet(trial.page_url, open_browser=open_browser)
            await serving
            typer.echo("Stopped.")

    if port and not _is_free(port):
        raise SettingsError(
            [f"Port {port} is taken by another program: choose another with --port, or leave it out."]
        )
    with tempfile.TemporaryDirectory(prefix="signpost-try-", ignore_cleanup_errors=True) as folder:
        asyncio.run(run(Path(folder)))


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _greet(url: str, *, open_browser: bool) -> None:
    typer.echo(f"\nThe local workspace is open at {url}")
    typer.echo("You are Anna, a receptionist. Ask in #support: our second pc cannot find the server")
    typer.echo("Everything lives only until you stop it with Ctrl-C.\n")
    if open_browser:
        try:
            webbrowser.open(url)
        except webbrowser.Error:
            typer.echo("No browser could be opened here: open the address yourself.")


def _stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and Ctrl-C set, so that what is under way can finish."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop
