"""The container contract that steps run under: /opt/ml, environment variables, images, processes."""
