# SPDX-License-Identifier: Apache-2.0
"""The tests' own codec: an error there would hide one of the server."""
import unittest

from . import otlp
from .samples import EVERY_TYPE, everything


class Codec(unittest.TestCase):
    def test_protobuf_and_back(self):
        _, sent = everything()
        self.assertEqual(otlp.normal(otlp.decode(otlp.encode(sent))), otlp.normal(sent))

    def test_known_bytes(self):
        request = {"resourceSpans": [{"resource": {"attributes": otlp.attributes(n=-1)}}]}
        self.assertEqual(otlp.encode(request),
                         bytes.fromhex("0a14 0a12 0a10 0a016e 120b 18ffffffffffffffffff01"))

    def test_plain_values_survive(self):
        pairs = [{"key": k, "value": otlp.any_value(v)} for k, v in EVERY_TYPE.items()]
        self.assertEqual(otlp.plain_attributes({"attributes": pairs}), EVERY_TYPE)

    def test_normal_sees_each_difference(self):
        _, sent = everything()
        data = otlp.encode(sent)
        for change in (
            lambda s: s.update(name="other"),
            lambda s: s["attributes"].pop(),
            lambda s: s["attributes"].append(otlp.attributes(extra=None)[0]),
            lambda s: s["events"][0].update(timeUnixNano=1),
            lambda s: s["links"][0].update(traceState=""),
            lambda s: s["status"].update(code=1),
            lambda s: s.pop("droppedEventsCount"),
            lambda s: s.update(flags=0),
        ):
            changed = otlp.decode(data)
            change(next(otlp.spans_of(changed))[2])
            self.assertNotEqual(otlp.normal(changed), otlp.normal(sent))

    def test_zero_and_empty_values_are_not_nothing(self):
        for value in (0, "", False, 0.0, [], {}, b""):
            one = {"resourceSpans": [{"scopeSpans": [{"spans": [
                {"traceId": "01", "spanId": "02", "attributes": otlp.attributes(a=value)}]}]}]}
            none = {"resourceSpans": [{"scopeSpans": [{"spans": [
                {"traceId": "01", "spanId": "02", "attributes": otlp.attributes(a=None)}]}]}]}
            self.assertNotEqual(otlp.normal(one), otlp.normal(none), repr(value))
            self.assertEqual(otlp.normal(otlp.decode(otlp.encode(one))), otlp.normal(one), repr(value))


if __name__ == "__main__":
    unittest.main()
