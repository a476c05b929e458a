"""The keys of a project's EMR clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mlproject.names import MAIN_CLUSTER
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.emr_cluster import ClusterKeys
from mlproject.parameters.input_models.emr_fleet import NODE_TYPE_ALLOWED, NodeType
from mlproject.parameters.input_models.fields import MatchesPattern, parameter
from mlproject.parameters.tables import emr_releases

ClusterName = Annotated[str, AfterValidator(constraints.validate_cluster_name)]
Value = TypeVar("Value")
# Keys of the nodes that a cluster does not take from the main one if it has the key on the left.
_INSTEAD_OF = {
    "core_instance_type": ("core_fleet", "task_fleet"),
    "core_fleet": ("core_instance_type", "core_count", "task_fleet"),
}


class ClusterOverrides(ClusterKeys):
    """The keys of a cluster beside the main one. A key that is not written has the value of the main cluster."""

    # Required only in `emr`.
    primary_instance_type: NodeType | None = parameter(  # type: ignore[assignment]
        "The primary node's type.", allowed=NODE_TYPE_ALLOWED, default=None
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Return the schema with the value of the main cluster as every default."""
        schema = handler(core_schema)
        for key in handler.resolve_ref_schema(schema)["properties"].values():
            key["description"] = f"{key['description'].partition(' Default')[0]} Default: the value of emr."
            key["default"] = None
        return schema


class Emr(ClusterKeys):
    """The main cluster of a project, which its notebooks use through Livy, and what all clusters have in common."""

    @property
    def architecture(self) -> emr_releases.Architecture:
        """The processor of the nodes, which is the same for all of them."""
        return emr_releases.node_types(self.release).get(self.primary_instance_type, "x86_64")

    @property
    def by_name(self) -> Mapping[str, Emr]:
        """The parameters of each cluster by its name, `main` first."""
        return {MAIN_CLUSTER: self, **{name: self._named(each) for name, each in sorted(self.clusters.items())}}

    def _named(self, overrides: ClusterOverrides) -> Emr:
        common = {key: getattr(self, key) for key in self.model_fields_set - {"clusters"}}
        return Emr(**inherit(common, {key: getattr(overrides, key) for key in overrides.model_fields_set}))

    release: Annotated[str, AfterValidator(emr_releases.validate_release)] = parameter(
        "The EMR release. Default emr-7.13.0.", allowed="a release label, such as emr-7.13.0", default="emr-7.13.0"
    )
    libraries: Annotated[str, MatchesPattern(constraints.LIBRARIES)] | None = parameter(
        "The list of libraries to install: NAME of libraries/NAME.txt or NAME.yml (of conda). Default: none.",
        allowed="the name of a file of the project's libraries/, without .txt or .yml",
        default=None,
    )
    certificate_s3: Annotated[str, MatchesPattern(addresses.S3_ZIP)] | None = parameter(
        "A zip of PEM files for encryption in transit between nodes. Default: none, so traffic is not encrypted.",
        allowed="an S3 URI such as s3://bucket/certificates.zip",
        default=None,
    )
    certificate_file: Annotated[str, MatchesPattern(constraints.RELATIVE_PATH)] | None = parameter(
        "The certificate in certificate_s3 without its key, which the notebooks trust. Default: none.",
        allowed="the path of a PEM file of up to 256 KiB below the project's folder, such as certificates/emr-dev.pem",
        default=None,
    )
    clusters: Mapping[ClusterName, ClusterOverrides] = parameter(
        "More clusters, each with the values of emr except those that it overrides. Default: none.",
        allowed=f"cluster names, each with the keys {', '.join(ClusterKeys.model_fields)}",
        default={},
    )


def inherit(common: Mapping[str, Value], own: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values of a cluster by key: its own, and those of the main cluster for keys that it does not have.

    Nodes are either instance groups or fleets, so that the choice of one kind drops the keys of the other.

    Args:
        common: values of the main cluster by key, without `clusters`.
        own: values of the cluster by key.
    """
    dropped = {key for choice, others in _INSTEAD_OF.items() if choice in own for key in others}
    return {**{key: value for key, value in common.items() if key not in dropped}, **own}
