"""The whole way of a project in one go: deploy into an embedded AWS, run the pipeline, report."""

from mlproject.demo.run import run_demo

__all__ = ["run_demo"]
