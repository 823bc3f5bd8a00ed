from django.db import migrations

from accounts.database.references import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_and_jobs")]

    operations = [migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)]
