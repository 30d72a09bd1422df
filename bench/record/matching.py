"""Matching on for mitmdump: looks for the plain value of each identifier and a few of its disguises."""
import base64
import hashlib
import urllib.parse

from mitmproxy import http

VALUES = ["867345021234563", "asha.rao@example.org", "404450123456789", "+919812345678"]


def forms(value):
    v = value.encode()
    yield v
    yield urllib.parse.quote(value, safe="").encode()
    yield base64.b64encode(v).rstrip(b"=")
    yield v.hex().encode()
    for name in ("md5", "sha1", "sha256", "sha512"):
        yield hashlib.new(name, v).hexdigest().encode()


class Matching:
    def __init__(self):
        self.literals = [f for v in VALUES for f in forms(v)]
        self.found = 0

    def look(self, data):
        for literal in self.literals:
            if literal in data:
                self.found += 1

    def response(self, flow: http.HTTPFlow):
        for message in (flow.request, flow.response):
            self.look(message.raw_content or b"")
            for name, value in message.headers.fields:
                self.look(value)
        self.look(flow.request.url.encode())

    def done(self):
        print(f"matched {self.found}", flush=True)


addons = [Matching()]
