"""Python process of a session of local Spark, started by the REPL driver: `python -m livy_shell`.

It runs with the Python of EMR nodes, and contains only what the standard library and PySpark have.
"""
