"""The example notebooks as pages of the site, with the outputs of an execution: `make notebook-pages`."""
