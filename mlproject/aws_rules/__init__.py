"""What AWS demands of this project's stacks and runs: permissions, endpoints, prices, EMR's tags and ports."""
