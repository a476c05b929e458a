"""Committed tables of what AWS offers, so that reading the parameters needs neither botocore nor a network."""
