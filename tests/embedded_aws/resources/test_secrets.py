"""The value of a generated secret, which the reader of drift detection does not show."""

from __future__ import annotations

import json

from tests.embedded_aws.resources.cases_applications import APPLICATION_CASES
from tests.embedded_aws.resources.harness import Driver


def test_a_generated_secret_has_the_requested_shape(driver: Driver) -> None:
    (case,) = (each for each in APPLICATION_CASES if each.type == "AWS::SecretsManager::Secret")
    assert driver.apply(case.resources(case.first)) == "CREATE_COMPLETE", driver.reasons()
    value = driver.services("secretsmanager").get_secret_value(SecretId=driver.subject.physical_id)["SecretString"]
    generated = json.loads(value)
    assert generated.keys() == {"username", "password"}
    assert generated["username"] == "contract"
    assert len(generated["password"]) == 20
    assert generated["password"].isalpha()
