"""Logs: one JSON object a line, with the request's id and never a message's text or a secret."""

from __future__ import annotations

import logging.config
import re
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
HIDDEN = frozenset({"text", "body", "password", "token", "credentials", "secret", "authorization", "cookie"})
SECRET_PATHS = re.compile(
    r"(/invitation/|/email/|/password/reset/[0-9A-Za-z]+-|/hooks/\w+/|/simulator/carrier/\d+/)[^/\s\"']{8,}"
)
"""Addresses that open something to whoever has them, up to the part that does."""


def _hide(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drops what must never be logged, whoever passed it."""
    return {key: "hidden" if key in HIDDEN else _without_secrets(value) for key, value in event.items()}


def _without_secrets(value: object) -> object:
    return SECRET_PATHS.sub(r"\1hidden", value) if isinstance(value, str) else value


class WithoutArguments(logging.Filter):
    """Jobs are logged by name and id: the library adds their arguments, whatever is in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        jobs = [getattr(record, "job", None), *(getattr(record, "jobs", None) or [])]
        for job in filter(None, jobs):
            told = f"{job['task_name']}[{job['id']}]"
            record.msg = record.getMessage().replace(job["call_string"], told)
            record.args = ()
        return True


def logging_settings(log_format: str) -> None:
    """Sends both structlog's and the standard library's records to stderr as JSON (`json`) or for people (`text`)."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _hide,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "filters": {"without_arguments": {"()": WithoutArguments}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_arguments"]}
            },
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                **{name: {"level": "WARNING"} for name in ("procrastinate", "uvicorn.access")},
                "psycopg.pool": {"level": "ERROR"},  # an outage is told once, by `common.database_watch`
            },
        }
    )


class RequestIdMiddleware:
    """Gives each request an id (the proxy's `X-Request-ID` when it looks like one), on its logs and its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
