"""The CDK application. It only wires: parameters in, stages out; see stacks/."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# jsii starts the first `node` on PATH, whatever its age; ours stands beside this Python.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

from mlproject.errors import UserError  # noqa: E402
from mlproject.parameters import changed_networks, load_valid_parameters  # noqa: E402
from stacks.synthesis import Synthesis, read_context  # noqa: E402


def main() -> int:
    """Synthesize into CDK_OUTDIR (cdk.out): everything, or what `-c project=` and `-c environment=` name."""
    try:
        platform = load_valid_parameters(ROOT)
        for name, invalid in platform.invalid_projects.items():
            print(f"Warning: the stacks of {name} are left out: {invalid.error}", file=sys.stderr)
        synthesis = Synthesis(
            root=ROOT,
            out=Path(os.environ.get("CDK_OUTDIR", ROOT / "cdk.out")),
            platform=platform,
            moved=changed_networks(ROOT, platform.environments),
            context=read_context(),
        )
        return synthesis.run()
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
