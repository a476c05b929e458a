"""What people see when SparkMagic fails. The table of docs/*/sparkmagic.md has the same rows."""

from __future__ import annotations

# Part of the real message, by what happened. The tests that see them are in test_sparkmagic_failures.py, those of an
# application in test_application_livy.py, and those that need no Spark in test_sparkmagic.py and test_authenticator.py,
# both in tests/lifecycle_scripts.
FAILURES = {
    "down": "The Spark session did not start:",
    "replaced": "Error sending http request and maximum retry encountered.",
    "lost": "Invalid status code '404'",
    "busy": "did not reach idle status in time. Current status is busy.",
    "slow": "did not start up in",
    "property": "Unrecognized field",
    "started": "A session has already been started.",
    "apostrophe": "invalid syntax",
    "invalid": "SparkMagic cannot read it, because",
    "stopped": "Sessions start only while the EMR Serverless application runs",
    "denied": "is not authorized to perform: emr-serverless:AccessLivyEndpoints",
    "credentials": "There are no AWS credentials to sign requests to EMR Serverless.",
    "address": "is not the Livy endpoint of an EMR Serverless application",
    "botocore": "because its Python has no botocore",
}
