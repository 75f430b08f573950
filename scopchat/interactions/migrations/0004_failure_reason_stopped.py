"""One more reason for a text that was not sent; nothing changes in the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0003_outbox"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("opted_out", "carrier blocked: the customer texted STOP"),
                    ("bad_number", "this number cannot receive texts"),
                    ("unreachable", "the phone could not be reached"),
                    ("filtered", "the carrier filtered this text"),
                    ("sender", "the carrier does not accept this channel's number as sender"),
                    ("account", "the carrier refused the provider's account"),
                    ("content", "the carrier refused the content"),
                    ("throttled", "the carrier is too busy"),
                    ("expired", "it could not be delivered in time"),
                    ("connection", "the carrier could not be reached"),
                    ("stopped", "the channel was taken out of use before this text left"),
                    ("other", "the carrier reported an error"),
                ],
                max_length=20,
            ),
        ),
    ]
