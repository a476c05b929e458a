"""A pipeline's real data set: what it consists of, where its files are, and their way into S3."""

from mlproject.data.dataset import DataFile, DataSet, Distribution, read
from mlproject.data.files import Located, locate, verify
from mlproject.data.push import Push, push

__all__ = ["DataFile", "DataSet", "Distribution", "Located", "Push", "locate", "push", "read", "verify"]
