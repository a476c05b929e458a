"""What a person sees on a notebook instance: status, START HERE, `%mlproject`, logs, and the setup of their account.

Runs with the Python of the machine (3.9) and with that of the project's kernel. Uses only the standard library.
"""
