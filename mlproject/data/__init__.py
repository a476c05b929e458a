"""A pipeline's data set: describe it, verify its files, and bring them into S3."""

from mlproject.data.dataset import DATA_FILE, DataFile, DataSet, Package, Source, read, write
from mlproject.data.files import LocatedFile, locate, verify
from mlproject.data.lock import describe_dataset, read_source
from mlproject.data.objects import Upload
from mlproject.data.push import PreparedPush, prepare_push

__all__ = [
    "DATA_FILE",
    "DataFile",
    "DataSet",
    "LocatedFile",
    "Package",
    "PreparedPush",
    "Source",
    "Upload",
    "describe_dataset",
    "locate",
    "prepare_push",
    "read",
    "read_source",
    "verify",
    "write",
]
