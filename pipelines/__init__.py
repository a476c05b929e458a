"""The pipelines, a folder each: pipeline.py (the source), definition.json (its lock), steps/ (the scripts)."""
