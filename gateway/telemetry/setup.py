"""Logging as settings say it: ours and other libraries' through one chain to one stream."""

from __future__ import annotations

import logging
import secrets
from typing import Final, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from gateway.settings.schema import LogSettings
from gateway.telemetry.redact import Redactor

LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure_logs(settings: LogSettings, stream: TextIO) -> None:
    """Send every log event to ``stream``, from ``structlog`` and from ``logging``.

    Call it once, first thing in a process. A level that is not shown costs one empty call.
    """
    level = LEVELS[settings.level]
    chain: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Redactor(secrets.token_bytes(16), personal_data=settings.personal_data),
    )
    renderer = _renderer(settings, stream)
    structlog.configure(
        processors=[*chain, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *chain,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)


def _renderer(settings: LogSettings, stream: TextIO) -> Processor:
    if settings.format == "json" or (settings.format == "auto" and not stream.isatty()):
        return _json
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    del logger, method
    first = {name: event.pop(name, None) for name in ("timestamp", "level", "event")}
    return msgspec.json.encode({**first, **event}).decode()
