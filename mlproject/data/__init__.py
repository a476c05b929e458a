"""Read the description of a pipeline's data set, verify its files, and upload them to S3."""

from mlproject.data.dataset import DataFile, DataSet, Distribution, read
from mlproject.data.files import LocatedFile, locate, verify
from mlproject.data.push import Upload, push

__all__ = ["DataFile", "DataSet", "Distribution", "LocatedFile", "Upload", "locate", "push", "read", "verify"]
