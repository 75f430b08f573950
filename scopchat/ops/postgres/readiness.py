"""Whether a server answers, with the database in it."""

from __future__ import annotations

import psycopg
from psycopg import sql

from scopchat.ops.postgres.cluster import Cluster

DATABASE = "scopchat"


def ready(cluster: Cluster) -> bool:
    """Whether the server takes connections now and has its database, which is made if need be.

    False while it starts, recovers or stops.
    """
    try:
        with psycopg.connect(cluster.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    except psycopg.OperationalError:
        return False
    return True
