"""Install the project's list of libraries as a separate Jupyter kernel, as the user ec2-user.

Uses only the standard library of Python 3.9, which Amazon Linux 2023 has, and the aws CLI.
"""
