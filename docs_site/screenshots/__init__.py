"""Pictures of JupyterLab for the documentation: CONTRIBUTING.md describes how to take them."""
