"""Any sequence of changes is deployed or refused before it starts, and destroying the project leaves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.cloudformation import install
from tests.embedded_aws.moto_server import Services, running_services
from tests.embedded_aws.resources.readers import READERS
from tests.properties.deployed_project import PROJECT, DeployedProject, environments_file
from tests.properties.environments import Document
from tests.properties.examples import examples
from tests.properties.faults import differences, listing
from tests.properties.projects import project_files

EXAMPLES, CHANGES = 5, 3
# What a deployment cannot do without a model that somebody approved.
UNDEPLOYED = ("serving",)


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running_services() as found:
        yield found


@st.composite
def sequences(draw: st.DrawFn, environments: Document) -> list[Document]:
    """Draw the contents of project.yaml, of which each differs from the one before in some of its keys."""
    drawn = draw(st.lists(project_files(PROJECT, environments), min_size=2, max_size=1 + CHANGES))
    found = [_deployable(drawn[0])]
    for other in map(_deployable, drawn[1:]):
        keys = draw(st.sets(st.sampled_from(sorted({*found[-1], *other} - {"name"})), min_size=1))
        found.append({key: (other if key in keys else found[-1]).get(key) for key in {**found[-1], **other}})
    return found


def _deployable(content: Document) -> Document:
    """Return the content without what the embedded AWS has nothing for."""
    environments = {
        name: {key: value for key, value in own.items() if key not in UNDEPLOYED}
        for name, own in content["environments"].items()
    }
    return {key: value for key, value in content.items() if key not in UNDEPLOYED} | {"environments": environments}


@pytest.mark.slow
def test_any_sequence_of_changes_deploys_or_is_refused_and_destroys_to_nothing(services: Services) -> None:
    outcomes: Counter[str] = Counter()
    environments = environments_file()

    @examples(EXAMPLES)
    @given(sequences(environments))
    def check(contents: list[Document]) -> None:
        # moto's reset does not forget the stacks of the engine, which an example that failed left behind.
        services.reset()
        install(services.clients)
        project = DeployedProject(services=services, environments=environments)
        project.bootstrap()
        at_first = listing(services, READERS)
        for content in contents:
            before = listing(services, READERS)
            outcome = project.deploy(content)
            outcomes[outcome] += 1
            if outcome == "refused":
                assert differences(before, listing(services, READERS)) == []
        project.destroy()
        assert differences(at_first, listing(services, READERS)) == []

    check()
    # The guard refuses what would replace data or work, which is most of what differs between two drawn projects.
    assert outcomes["deployed"] >= 0.3 * outcomes.total(), outcomes
