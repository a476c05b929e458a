"""What endpoints of SageMaker have in common."""

# A blue/green deployment requires that the variant keeps its name:
# https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
VARIANT = "AllTraffic"
DEFAULT_MEMORY_MB = 2048
DEFAULT_CONCURRENCY = 5
# Seconds for which the alarms watch a deployment before the old instances are terminated. Our choice; at most an hour:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
BAKING_SECONDS = 600
# A deployment may take 600 to 28,800 s (same page); it includes the start of the instances.
DEPLOYMENT_SECONDS = 3600
