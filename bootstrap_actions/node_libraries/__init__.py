"""Install the project's list of libraries on an EMR node, for every process of its Python, as root.

Uses only the standard library of Python 3.9, which the nodes have, and the aws CLI. In its archive, the package
`libraries` beside it contains what notebooks use too (lifecycle_scripts/tools/libraries/).
"""
