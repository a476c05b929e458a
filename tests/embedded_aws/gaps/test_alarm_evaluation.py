"""The state of an alarm: the tables of AWS's page on missing data."""

from __future__ import annotations

import pytest

from embedded_aws.gaps._alarm_evaluation import AlarmRule, evaluate_alarm

RETAINED = "the current state"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: data points of the
# evaluation range (0 is within the threshold, X breaches it, - is missing), and the state by treatment.
THREE_OF_THREE = {
    "0 - X - X": ("OK", "OK", "OK", "OK"),
    "0 - - - -": ("OK", "OK", "OK", "OK"),
    "- - - - -": ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK"),
    "0 X X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "- - X - -": ("ALARM", RETAINED, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0 - X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 0 X 0 X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 - X - -": ("OK", "OK", "ALARM", "OK"),
    "- - - - 0": ("OK", "OK", "ALARM", "OK"),
    "- - - X -": ("ALARM", RETAINED, "ALARM", "OK"),
}


def evaluate(text: str, *, missing: str, needed: int, state: str, comparison: str = "GreaterThanThreshold") -> str:
    rule = AlarmRule(
        comparison=comparison, threshold=5, evaluation_periods=3, datapoints_to_alarm=needed, missing=missing
    )
    points = [{"0": 5.0, "X": 6.0, "-": None}[letter] for letter in text.split()]
    assert len(points) == rule.evaluation_range
    return evaluate_alarm(rule, points, state=state)


@pytest.mark.parametrize("state", ["OK", "ALARM", "INSUFFICIENT_DATA"])
@pytest.mark.parametrize(("needed", "table"), [(3, THREE_OF_THREE), (2, TWO_OF_THREE)])
def test_missing_data_is_treated_as_in_awss_tables(needed: int, table: dict[str, tuple[str, ...]], state: str) -> None:
    for text, expected in table.items():
        found = tuple(evaluate(text, missing=missing, needed=needed, state=state) for missing in TREATMENTS)
        assert found == tuple(state if each == RETAINED else each for each in expected), text


def test_an_alarm_is_not_raised_by_the_first_breach_while_other_data_may_still_arrive() -> None:
    assert evaluate("- - - - X", missing="missing", needed=3, state="OK") == "OK"


@pytest.mark.parametrize(
    ("comparison", "raised"),
    [
        ("GreaterThanThreshold", False),
        ("GreaterThanOrEqualToThreshold", True),
        ("LessThanThreshold", False),
        ("LessThanOrEqualToThreshold", True),
    ],
)
def test_each_operator_decides_about_the_threshold_itself(comparison: str, raised: bool) -> None:
    found = evaluate("- - 0 0 0", missing="missing", needed=3, state="OK", comparison=comparison)
    assert found == ("ALARM" if raised else "OK")
