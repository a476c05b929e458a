"""Let cdk-nag judge plain templates: `python -m audit.inclusion FOLDER TEMPLATE ...`, a process of its own.

Prints the names of the templates that CDK cannot include, such as those with a macro, one a line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk.cloudformation_include import CfnInclude

from audit.nag import synthesize_with_nag


def main(folder: Path, templates: Sequence[Path]) -> int:
    """Write the report of cdk-nag; each template is a stack with the name of its file."""
    app = cdk.App(outdir=str(folder), analytics_reporting=False, tree_metadata=False)
    for template in templates:
        stack = cdk.Stack(app, template.stem)
        try:
            CfnInclude(stack, "Template", template_file=str(template))
        except RuntimeError:
            app.node.try_remove_child(template.stem)
            print(template.stem)
    synthesize_with_nag(app, folder / "validation-report.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]]))
