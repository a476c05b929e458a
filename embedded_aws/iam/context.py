"""What a request says of itself: the condition keys, those that it has not, and those that nobody knows here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from embedded_aws.iam.errors import UndecidableError

Values = tuple[str, ...]
# The values of a family's member, such as of the tag `team` in `aws:ResourceTag/`.
Family = Callable[[str], Values]
ABSENT: Values = ()


@dataclass(frozen=True)
class Context:
    """Condition keys with their values; a key that stands in neither table is unknown, not absent.

    Keys compare without regard to case, and so do the names of tags in them:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

    Args:
        keys: values by key in lower case; an empty tuple is a key that the request does not have.
        families: functions by the key's part up to and with the slash or colon, in lower case.
    """

    keys: Mapping[str, Values] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)

    def values(self, key: str) -> Values:
        """The key's values; none where the request does not have the key.

        Raises:
            UndecidableError: nobody knows here what the key would be.
        """
        name = key.lower()
        found = self.keys.get(name)
        if found is not None:
            return found
        for family, values in self.families.items():
            if name.startswith(family):
                return values(name.removeprefix(family))
        raise UndecidableError(f"the embedded AWS does not know the condition key {key} for this request")

    def single(self, key: str) -> str | None:
        """The key's one value, as a policy variable takes it; None where there is none.

        Raises:
            UndecidableError: the key is unknown, has several values, or an empty one.
        """
        values = self.values(key)
        if len(values) > 1:
            raise UndecidableError(f"the policy variable ${{{key}}} has several values in this request")
        if values == ("",):
            raise UndecidableError(f"the policy variable ${{{key}}} has an empty value in this request")
        return values[0] if values else None

    def also(self, other: Context) -> Context:
        """This context, with another's keys in front."""
        return Context({**self.keys, **other.keys}, {**self.families, **other.families})


def of(values: Mapping[str, str | Values | None]) -> Context:
    """A context of keys as they are written; None is a key that the request does not have."""
    return Context({key.lower(): _values(value) for key, value in values.items()})


def tags(values: Mapping[str, str]) -> Family:
    """A family of tags by their names in lower case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html#access_tags_control-tag-keys
    """
    folded: dict[str, list[str]] = {}
    for name, value in values.items():
        folded.setdefault(name.lower(), []).append(value)

    def read(name: str) -> Values:
        found = folded.get(name, [])
        if len(found) > 1:
            raise UndecidableError(f"there are several tags {name} that differ in case only")
        return tuple(found)

    return read


def _values(value: str | Values | None) -> Values:
    if value is None:
        return ABSENT
    return (value,) if isinstance(value, str) else tuple(value)
