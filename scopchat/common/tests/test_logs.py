"""What logs hold, and what they never do."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from procrastinate.jobs import Job

from scopchat.common.logs import HIDDEN, RequestIdMiddleware, logging_settings


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What would go to stderr, in the format of production."""
    root = logging.getLogger()
    before = root.handlers[:]
    logging_settings("json")
    stream = io.StringIO()
    for handler in root.handlers:
        if type(handler) is logging.StreamHandler:
            handler.setStream(stream)
    yield stream
    logging_settings(settings.LOG_FORMAT)
    root.handlers[:] = before


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def answer(request: HttpRequest) -> HttpResponse:
    structlog.get_logger("test").warning("asked")
    return HttpResponse()


def test_a_line_is_one_json_object(written: io.StringIO) -> None:
    structlog.get_logger("scopchat.test").warning("something_happened", shard=7)
    (line,) = lines(written)
    assert (line["event"], line["shard"], line["level"]) == ("something_happened", 7, "warning")
    assert line["logger"] == "scopchat.test"
    assert str(line["timestamp"]).endswith("Z")


def test_the_standard_librarys_records_look_the_same(written: io.StringIO) -> None:
    logging.getLogger("library").warning("something %s", "happened")
    (line,) = lines(written)
    assert (line["event"], line["logger"], line["level"]) == ("something happened", "library", "warning")


@pytest.mark.parametrize("key", sorted(HIDDEN))
def test_secrets_and_texts_are_hidden_whoever_logs_them(written: io.StringIO, key: str) -> None:
    structlog.get_logger("test").warning("happened", **{key: "SECRET"})
    (line,) = lines(written)
    assert line[key] == "hidden"
    assert "SECRET" not in written.getvalue()


def test_an_error_keeps_its_traceback(written: io.StringIO) -> None:
    try:
        raise LookupError("missing")
    except LookupError:
        logging.getLogger("test").exception("failed")
    (line,) = lines(written)
    assert "LookupError: missing" in str(line["exception"])


def test_a_request_has_its_id_on_its_logs_and_its_answer(written: io.StringIO) -> None:
    response = RequestIdMiddleware(answer)(RequestFactory().get("/", headers={"X-Request-ID": "proxy-0123456789"}))
    assert response["X-Request-ID"] == "proxy-0123456789"
    structlog.get_logger("test").warning("after")
    during, after = lines(written)
    assert during["request_id"] == "proxy-0123456789"
    assert "request_id" not in after


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space in it", 'inject"ion12345', "0123456789\t"])
def test_a_strange_id_is_replaced(given: str) -> None:
    response = RequestIdMiddleware(answer)(RequestFactory().get("/", headers={"X-Request-ID": given}))
    assert len(response["X-Request-ID"]) == 32
    assert response["X-Request-ID"] != given


def test_a_job_is_logged_without_its_arguments(written: io.StringIO) -> None:
    job = Job(
        id=7, queue="mail", lock=None, queueing_lock=None, task_name="send", task_kwargs={"words": "SECRET é\n(x)"}
    )
    try:
        raise LookupError("refused")
    except LookupError:
        told = f"Job {job.call_string} ended with status: Error"
        logging.getLogger("procrastinate.worker").exception(told, extra={"job": job.log_context()})
    logging.getLogger("procrastinate.x").warning("%s", job.call_string, extra={"jobs": [job.log_context()]})
    first, second = lines(written)
    assert first["event"] == "Job send[7] ended with status: Error"
    assert second["event"] == "send[7]"
    assert "LookupError: refused" in str(first["exception"])
    assert "SECRET" not in written.getvalue()


@pytest.mark.parametrize(
    "address",
    [
        "/invitation/SECRET-SECRET:1:2/",
        "/email/SECRET-SECRET:1:2/",
        "/account/password/reset/4-SECRET-SECRET/",
        "/hooks/twilio/SECRETSECRETSECRET/inbound",
        "http://host/simulator/carrier/5/SECRETSECRETSECRET/messages",
    ],
)
def test_an_address_that_opens_something_is_not_logged_whole(written: io.StringIO, address: str) -> None:
    logging.getLogger("django.request").warning("Not Found: %s", address)
    structlog.get_logger("test").warning("asked", address=address)
    try:
        raise LookupError(address)
    except LookupError:
        logging.getLogger("test").exception("failed")
    assert "hidden" in str(lines(written)[0]["event"])
    assert "SECRET" not in written.getvalue()
