"""Run a pipeline that is deployed in the embedded AWS, with its roles, permissions and execution record."""
