"""Logs: one line an event, ids only."""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer


def set_up_logs(log_format: str, *, verbose: bool, quiet: bool = False) -> None:
    """Log to stderr, readable on a terminal and as JSON elsewhere, unless `log_format` says which.

    `quiet` leaves out what is only of interest when something is wrong, unless `verbose`. Tracebacks come
    without local variables: those hold tokens and what people wrote.
    """
    readable = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if readable:
        processors.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        processors += [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(_level(verbose=verbose, quiet=quiet)),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO if verbose else logging.WARNING, format="%(name)s: %(message)s"
    )
    # APScheduler tells about every tick, slack_sdk prints payloads when it is asked for more than warnings.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("slack_sdk").setLevel(logging.WARNING)


def _level(*, verbose: bool, quiet: bool) -> int:
    if verbose:
        return logging.DEBUG
    return logging.WARNING if quiet else logging.INFO
