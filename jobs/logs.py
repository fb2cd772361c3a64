"""The log format of all services: one JSON object per line, or columns if stderr is a terminal.

Each line has `time`, `level`, `service` and `event`, and where they apply `job` and `request`: the id of the request
that brought the job, which travels through the queue with it. So one id finds its lines in all services.
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
    """Send everything that this process logs, including libraries, to stderr. Call this once, at startup."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(service))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def formatter(service: str) -> logging.Formatter:
    """Return the formatter for lines of a service, for a library that insists on its own handlers."""

    def add_service(_: object, __: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_COMMON, structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, add_service, *_renderers()],
    )


def log_context(**ids: str | None) -> AbstractContextManager[None]:
    """Add those of these ids that are not None to every line logged within the block."""
    return structlog.contextvars.bound_contextvars(**{name: value for name, value in ids.items() if value})


def _renderers() -> list[Processor]:
    if sys.stderr.isatty():
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(timestamp_key="time", exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
