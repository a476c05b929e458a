"""A local server with the request and response format of AWS's Price List API (botocore's model of `pricing`)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PUBLISHED = "2026-11-20T23:59:00Z"


def product(
    usage: str, usd: str, *, region: str = "eu-west-1", sku: str = "SKU1", tiers: Sequence[str] = (), **attributes: str
) -> str:
    """Return a product as GetProducts returns it: a JSON document in a string.

    Args:
        usage: usage type with the region's prefix, such as `EU-Notebk:ml.t3.medium`.
        usd: price of the first tier.
        tiers: prices of the following tiers.
        attributes: other attributes.
    """
    dimensions = {
        f"{sku}.JRTCKXETXF.{number}": {
            "beginRange": str(number * 1000),
            "endRange": "Inf",
            "unit": "Hrs",
            "pricePerUnit": {"USD": price},
        }
        for number, price in enumerate((usd, *tiers))
    }
    return json.dumps(
        {
            "product": {"sku": sku, "attributes": {"usagetype": usage, "regionCode": region, **attributes}},
            "publicationDate": PUBLISHED,
            "terms": {
                "OnDemand": {f"{sku}.JRTCKXETXF": {"priceDimensions": dimensions, "effectiveDate": PUBLISHED}},
                "Reserved": {f"{sku}.R": {"priceDimensions": {"r": {"pricePerUnit": {"USD": "0.0001"}}}}},
            },
        }
    )


@contextmanager
def serve(offers: Mapping[str, Sequence[str]], *, page: int = 1) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve products by service code, filtered as AWS does, and yield the URL and the requests received.

    Args:
        offers: service code to its products.
        page: number of products in a page.
    """
    requests: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["X-Amz-Target"] == "AWSPriceListService.GetProducts"
            requests.append(request)
            found = [each for each in offers.get(request["ServiceCode"], ()) if _passes(each, request["Filters"])]
            start = int(request.get("NextToken", 0))
            answer = {"FormatVersion": "aws_v1", "PriceList": found[start : start + page]}
            if start + page < len(found):
                answer["NextToken"] = str(start + page)
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _passes(text: str, filters: Sequence[Mapping[str, str]]) -> bool:
    attributes = json.loads(text)["product"]["attributes"]
    for each in filters:
        value = attributes.get(each["Field"], "")
        if not (each["Value"] in value if each["Type"] == "CONTAINS" else each["Value"] == value):
            return False
    return True
