"""CDK's own custom resources, carried out without running their Lambda functions.

Each handler does what the function that CDK bundles does, with the permissions of that function's role. The sources
of the functions: https://github.com/aws/aws-cdk/tree/main/packages/%40aws-cdk/custom-resource-handlers/lib
"""
