"""Connections to the embedded AWS stay open, and no request's rest is taken for the next request."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

import embedded_aws as aws


@pytest.fixture
def connection(embedded_aws: aws.Server) -> Iterator[http.client.HTTPConnection]:
    """One connection to the worker's server, which the client does not open anew."""
    connection = http.client.HTTPConnection("localhost", embedded_aws.port)
    connection.auto_open = 0
    connection.connect()
    yield connection
    connection.close()


def answer(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
    response = connection.getresponse()
    return response.status, response.read()


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    for _ in range(3):
        connection.request("GET", "/_embedded/health")
        assert answer(connection)[0] == 200


def test_a_body_that_nobody_read_is_not_the_next_request(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/_embedded/nothing", body=b"GET /_embedded/nothing HTTP/1.1\r\n\r\n" * 100)
    assert answer(connection)[0] == 403  # unsigned
    connection.request("GET", "/_embedded/health")
    assert answer(connection)[0] == 200


def test_a_head_request_has_no_body_and_leaves_the_connection_open(connection: http.client.HTTPConnection) -> None:
    connection.request("HEAD", "/missing-bucket")
    assert answer(connection) == (403, b"")
    connection.request("GET", "/_embedded/health")
    assert answer(connection)[0] == 200


def test_a_chunked_body_is_read_whole(embedded_aws: aws.Server, connection: http.client.HTTPConnection) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=embedded_aws.endpoint,
        aws_access_key_id=embedded_aws.administrator.access_key_id,
        aws_secret_access_key=embedded_aws.administrator.secret_access_key,
        region_name="us-east-1",
        config=Config(signature_version="s3v4"),
    )
    s3.create_bucket(Bucket="chunked-bodies")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "chunked-bodies", "Key": "key"})
    path = url.removeprefix(embedded_aws.endpoint)
    connection.request("PUT", path, body=iter([b"one ", b"two"]), headers={"Content-Type": "text/plain"})
    assert answer(connection)[0] == 200
    assert s3.get_object(Bucket="chunked-bodies", Key="key")["Body"].read() == b"one two"


def test_a_client_that_waits_for_permission_to_send_gets_it(embedded_aws: aws.Server) -> None:
    with socket.create_connection(("localhost", embedded_aws.port), timeout=30) as raw, raw.makefile("rb") as answers:
        head = "PUT /_embedded/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        raw.sendall(head.encode())
        assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert answers.readline() == b"\r\n"
        raw.sendall(b"{}")
        assert answers.readline() == b"HTTP/1.1 403 Forbidden\r\n"


def test_a_length_that_is_no_number_closes_the_connection(embedded_aws: aws.Server) -> None:
    with socket.create_connection(("localhost", embedded_aws.port), timeout=30) as raw, raw.makefile("rb") as answers:
        raw.sendall(b"GET /_embedded/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n")
        everything = answers.read()
    assert b"\r\nConnection: close\r\n" in everything
