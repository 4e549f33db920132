# SPDX-License-Identifier: Apache-2.0
"""Requests to one port of the loopback, with every header under the test's control."""
import http.client
import json
import urllib.parse


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # case-insensitive
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def request(port, method, path, body=None, headers=None, query=None, timeout=30):
    """One request on a connection of its own. `query` is a dict or a list of pairs."""
    if query:
        path += ("&" if "?" in path else "?") + urllib.parse.urlencode(query)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(port, path, headers=None, **query):
    return request(port, "GET", path, headers=headers, query=query)
