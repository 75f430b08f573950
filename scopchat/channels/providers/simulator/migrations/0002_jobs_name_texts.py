"""Callbacks that wait name their text and no longer hold its words; those that have failed go."""

from django.db import migrations

FORWARD = """
UPDATE procrastinate_jobs j
SET args = jsonb_build_object(
    'company_id', j.args -> 'company_id', 'provider_id', j.args -> 'provider_id',
    'holder_id', t.company_id, 'text_id', t.id, 'status', coalesce(j.args #>> '{content,status}', '')
)
FROM simulator_simulatedtext t
WHERE j.task_name LIKE '%.simulator.tasks.call_back' AND t.carrier_id = j.args #>> '{content,id}';
DELETE FROM procrastinate_jobs WHERE task_name LIKE '%.simulator.tasks.call_back' AND status <> 'todo';
"""


class Migration(migrations.Migration):
    dependencies = [("simulator", "0001_initial"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
