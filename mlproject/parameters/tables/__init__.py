"""Committed tables of AWS regions and instance types, so that loading the parameters needs no botocore or network."""
