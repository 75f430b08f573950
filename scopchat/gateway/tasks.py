"""The gateway's jobs: drains of shards, and what keeps them going whatever dies."""

from __future__ import annotations

import asyncio
import time

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from scopchat.automation import distribution
from scopchat.channels.drains import Work, defer_drain
from scopchat.common import http
from scopchat.common.clock import utc_now
from scopchat.contacts.importing import jobs as import_jobs
from scopchat.contacts.importing import running as importing
from scopchat.exports import jobs as export_jobs
from scopchat.exports import running
from scopchat.gateway import copies, housekeeping, leases, media, router, sender, sweep
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.journal_listener import LINGER_SECONDS, Arrivals
from scopchat.gateway.leases import Held
from scopchat.gateway.lookups import look_up_unknown
from scopchat.gateway.together import Together
from scopchat.interactions.services import indexing
from scopchat.masssends import jobs as mass_sends
from scopchat.masssends.services.preparing import Preparation

logger = structlog.get_logger(__name__)

LIFE_SECONDS = 60.0
"""A routing run that is kept busy hands over after this, so that a new worker gets its share."""
REPORTS_SECONDS = 0.5
"""From one batch of a shard to the next, at least, where nothing but receipts came."""
FILE_BREATH_SECONDS = 0.01
"""From one batch of an export or import to the next: they keep the interpreter busy."""
STALLED_SECONDS = 8
"""A worker without heartbeat for this long is taken for dead and its jobs run elsewhere."""
_file_turn = asyncio.Lock()
"""A worker's exports, imports and preparations take turns, step by step: texts have all its threads but one."""


def _client(context: JobContext) -> http.Client:
    client: http.Client = context.additional_context["http"]
    return client


@app.task(name=Work.ROUTE.task_name, pass_context=True)
async def route(context: JobContext, *, shard: int) -> None:
    """Handles what the shard's journal holds, and what comes while this run lingers; the rest has a job of its own."""
    arrivals: Arrivals = context.additional_context["arrivals"]
    together: Together = context.additional_context["together"]
    ends = time.monotonic() + LIFE_SECONDS
    while True:
        began = time.monotonic()
        arrivals.forget(shard)
        if await together.route(shard):
            while await in_thread_unscoped(router.route_batch, shard) == router.BATCH:
                pass
        if not await arrivals.something(shard, LINGER_SECONDS):
            return
        if time.monotonic() > ends:
            await in_thread_unscoped(defer_drain, Work.ROUTE, shard)
            return
        await arrivals.message(shard, began + REPORTS_SECONDS - time.monotonic())


@app.task(name=Work.SEND.task_name, pass_context=True)
async def send(context: JobContext, *, shard: int) -> None:
    """Sends the shard's queued texts until nothing is due; a copy of the installation holds them instead."""
    try:
        lease = await in_thread_unscoped(leases.take, Work.SEND, shard)
    except Held:
        await in_thread_unscoped(copies.look, utc_now())
        return
    await sender.run(lease, _client(context))


@app.task(name=distribution.TASK, queue="upkeep")
async def distribute(*, company: int) -> None:
    """Offers what waits in the company's automatic queues, and takes back what nobody took."""
    await in_thread_unscoped(distribution.distribute_in, company)


@app.task(name=export_jobs.TASK, queue="upkeep")
async def export(*, company: int, export: int) -> None:
    """Writes an export to its end, and asks for the company's next."""
    run = await in_thread_unscoped(lambda: running.begin(company, export, now=utc_now()))
    more = run is not None
    while run and more:
        async with _file_turn:
            more = await in_thread_unscoped(lambda: run.step(now=utc_now()))
        await asyncio.sleep(FILE_BREATH_SECONDS)
    await in_thread_unscoped(export_jobs.ask_for_waiting, company)


@app.task(name=mass_sends.TASK, queue="upkeep")
async def prepare_mass_send(*, company: int, mass_send: int) -> None:
    """Chooses who gets a mass send, and counts what it will take."""
    preparation = Preparation(company, mass_send)
    more = True
    while more:
        async with _file_turn:
            more = await in_thread_unscoped(lambda: preparation.step(now=utc_now()))
        await asyncio.sleep(FILE_BREATH_SECONDS)


@app.task(name=import_jobs.TASK, queue="upkeep")
async def import_contacts(*, company: int, import_id: int) -> None:
    """Reads a file of contacts to its end, or saves it."""
    run = await in_thread_unscoped(lambda: importing.begin(company, import_id, now=utc_now()))
    more = run is not None
    while run and more:
        async with _file_turn:
            more = await in_thread_unscoped(lambda: run.step(now=utc_now()))
        await asyncio.sleep(FILE_BREATH_SECONDS)


@app.periodic(cron="* * * * * */10")
@app.task(queue="upkeep", lock="sweep", queueing_lock="sweep")
async def sweep_shards(timestamp: int) -> None:  # noqa: ARG001
    """Defers every shard that has work and no job: whatever was lost between a commit and its job is found here."""
    await in_thread_unscoped(sweep.sweep)


@app.periodic(cron="* * * * * */3")
@app.task(queue="upkeep", queueing_lock="rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Gives jobs of workers that stopped breathing to others."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        logger.warning("job_rescued", task=job.task_name, lock=job.lock)
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # The same drain is queued already, behind the lock of this one: ending this one lets it go.
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException as error:
            # Another worker rescued it first.
            logger.info("job_not_rescued", task=job.task_name, error=type(error).__name__)


@app.periodic(cron="* * * * * */15")
@app.task(queue="upkeep", lock="lookups", queueing_lock="lookups", pass_context=True)
async def look_up(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Asks carriers about texts that may or may not have left."""
    await look_up_unknown(_client(context))


@app.periodic(cron="* * * * * */5")
@app.task(queue="upkeep", lock="media", queueing_lock="media", pass_context=True)
async def fetch_media(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Fetches photos that came with messages."""
    await media.fetch_pending(_client(context))


@app.periodic(cron="* * * * * */5")
@app.task(queue="upkeep", lock="index", queueing_lock="index")
async def index_texts(timestamp: int) -> None:  # noqa: ARG001
    """Makes texts that were stored a moment ago findable by their words."""
    while await in_thread_unscoped(lambda: indexing.index_texts(now=utc_now())) == indexing.BATCH:
        pass


@app.periodic(cron="7 * * * *")
@app.task(queue="upkeep", lock="prune", queueing_lock="prune", pass_context=True)
async def prune(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Removes what nobody needs any more."""
    await housekeeping.prune(context.app.job_manager)
