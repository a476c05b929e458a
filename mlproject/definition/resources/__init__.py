"""The resources of AWS that steps name, for the permissions of the pipeline's role."""
