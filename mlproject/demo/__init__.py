"""The demo: deploy a project to an embedded AWS, run its pipeline, and write a report."""

from mlproject.demo.run import run_demo

__all__ = ["run_demo"]
