"""The log of every service: one JSON object a line, or columns where stderr is a terminal that a person looks at.

A line has `time`, `level`, `service` and `event`, and what it is about: `job`, and `request`, the id of the request
that brought the job, which goes with it through the queue. So one id finds its lines in all services.
"""

import logging
import sys
from contextlib import AbstractContextManager

import structlog
from structlog.typing import EventDict, Processor

_COMMON: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", key="time"),
)
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("shotlens")


def configure(service: str) -> None:
    """Write what this process logs, libraries included, to stderr; once, at its start."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(service))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def formatter(service: str) -> logging.Formatter:
    """Return the form of a line, for a handler that a library insists on making itself."""

    def named(_: object, __: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_COMMON, structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, named, *_rendering()],
    )


def about(**what: str | None) -> AbstractContextManager[None]:
    """Put these ids, where they are known, on every line that is logged within the block."""
    return structlog.contextvars.bound_contextvars(**{name: value for name, value in what.items() if value})


def _rendering() -> list[Processor]:
    if sys.stderr.isatty():
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(timestamp_key="time", exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
