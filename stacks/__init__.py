"""The CDK stacks: they wire values from `mlproject` and decide nothing that a pure function can."""
