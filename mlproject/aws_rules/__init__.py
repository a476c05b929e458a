"""Requirements of AWS for stacks and pipeline steps: permissions, endpoints, prices, tags and ports of EMR."""
