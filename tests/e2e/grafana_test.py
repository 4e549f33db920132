# SPDX-License-Identifier: Apache-2.0
"""Every request that Grafana's Tempo data source and its Traces Drilldown send, as they send it, with
answers read by a reader that fails on what it does not know and on what it misses."""
import subprocess
import unittest
import urllib.parse

from e2e.case import ServerCase
from support import http, otlp, tempo_messages as tempo
from support.grpc_client import Client
from support.orrery import BIN
from support.samples import now, span

# Of Drilldown: which spans a view is about.
SIGNALS = ["nestedSetParent<0", "true", "kind=server", "kind=consumer", 'span.db.system.name!=""']
SELECTION = "duration >= 1ms && duration <= 20s"


def attribute(item, key):
    """The typed value of an attribute, None when there is none."""
    for each in item.get("attributes", []):
        if each["key"] == key:
            return each["value"]
    return None


class Grafana(ServerCase):
    """LLM traces of orrery-load, and a failed one with an exception that a person could have sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([BIN / "orrery-load", "--spans", "26000", "--seed", "7", "--spread", "300",
                        "--url", f"http://127.0.0.1:{cls.server.otlp_http}/v1/traces"],
                       stdout=subprocess.DEVNULL, check=True)
        cls.second = now() // 10**9
        start = now() - 30 * 10**9
        root = span(None, "GET /pay", start, 1500, kind=2, status={"code": 2, "message": "declined"},
                    attributes=otlp.attributes(http__response__status_code=500))
        root["events"] = [{"timeUnixNano": start + 1000, "name": "exception", "attributes": otlp.attributes(
            exception__message="card declined", exception__type="PaymentError",
            exception__stacktrace="PaymentError: card declined\n  at pay()")}]
        failed = dict(parentSpanId=root["spanId"], status={"code": 2})
        child = span(root["traceId"], "SELECT", start + 1000, 5, kind=3, **failed,
                     attributes=otlp.attributes(db__system__name="sqlite"))
        consumer = span(root["traceId"], "take", start + 2000, 5, kind=5, **failed)
        cls.root = root
        cls.server.send(otlp.traces_of("shop", [root, child, consumer]))
        cls.client = Client(cls.server.tempo)
        cls.addClassCleanup(cls.client.close)

    # As the data source asks, once over HTTP and once over gRPC -------------------------------------

    def get(self, path, accept="application/json", **query):
        answer = http.get(self.server.tempo, path, {"Accept": accept, "Accept-Encoding": "identity"}, **query)
        self.assertEqual(answer.status, 200, (path, query, answer))
        return answer

    def search(self, query, limit=20, spss=3):
        """Found traces; JSON and the stream's last message must agree in everything but progress."""
        window = dict(start=self.second - 900, end=self.second + 60)
        answer = self.get("/api/search", q=query, limit=limit, spss=spss, **window)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        from_json = tempo.read_json(tempo.SEARCH_RESPONSE, answer.body).get("traces", [])
        body = tempo.request(tempo.SEARCH_REQUEST, query=query, limit=limit, spansPerSpanSet=spss,
                             rf1After={}, **window)
        messages = [tempo.read_protobuf(tempo.SEARCH_RESPONSE, message)
                    for message in self.client.stream("/tempopb.StreamingQuerier/Search", body)]
        streamed = [trace for message in messages for trace in message.get("traces", [])]
        in_stream = {trace["traceID"] for trace in streamed}
        self.assertEqual(in_stream, {trace["traceID"] for trace in from_json})
        self.assertEqual(messages[-1].get("traces", []), from_json[len(from_json) - len(
            messages[-1].get("traces", [])):])
        return from_json

    def query_range(self, query, **parameters):
        window = dict(start=self.second - 900, end=self.second + 60)
        answer = self.get("/api/metrics/query_range", q=query, **window, **parameters)
        from_json = tempo.read_json(tempo.QUERY_RANGE_RESPONSE, answer.body)
        body = tempo.request(tempo.QUERY_RANGE_REQUEST, query=query, start=window["start"] * 10**9,
                             end=window["end"] * 10**9, step=int(parameters.get("step", "0s")[:-1]) * 10**9,
                             exemplars=int(parameters.get("exemplars", 0)))
        series = [series for message in self.client.stream("/tempopb.StreamingQuerier/MetricsQueryRange", body)
                  for series in tempo.read_protobuf(tempo.QUERY_RANGE_RESPONSE, message).get("series", [])]
        self.assertEqual(series, from_json.get("series", []))
        self.assertNotIn("status", from_json)
        return series

    def query_instant(self, query):
        window = dict(start=self.second - 900, end=self.second + 60)
        answer = self.get("/api/metrics/query", q=query, **window)
        from_json = tempo.read_json(tempo.QUERY_INSTANT_RESPONSE, answer.body)
        body = tempo.request(tempo.QUERY_INSTANT_REQUEST, query=query, start=window["start"] * 10**9,
                             end=window["end"] * 10**9)
        messages = list(self.client.stream("/tempopb.StreamingQuerier/MetricsQueryInstant", body))
        last = tempo.read_protobuf(tempo.QUERY_INSTANT_RESPONSE, messages[-1])
        self.assertEqual(last.get("series", []), from_json.get("series", []))
        return from_json.get("series", [])

    # The data source --------------------------------------------------------------------------------

    def test_save_and_test(self):
        self.assertEqual(self.get("/api/echo").text, "echo\n")
        body = tempo.request(tempo.SEARCH_REQUEST, query="{}", start=self.second - 900, end=self.second,
                             limit=1, rf1After={})
        first = next(iter(self.client.stream("/tempopb.StreamingQuerier/Search", body)))
        tempo.read_protobuf(tempo.SEARCH_RESPONSE, first)

    def test_open_a_trace(self):
        trace_id = self.root["traceId"]
        for window in ({}, {"start": self.second - 900, "end": self.second + 60}):
            answer = self.get(f"/api/v2/traces/{trace_id}", "application/protobuf", **window)
            self.assertEqual(answer.headers["Content-Type"], "application/protobuf")
            response = otlp.decode_as(otlp.TRACE_BY_ID_RESPONSE, answer.body)
            self.assertEqual({one["name"] for *_, one in otlp.spans_of(response["trace"])},
                             {"GET /pay", "SELECT", "take"})
            # Grafana reads these without asking whether they are there, and skips bare resources.
            for resource_spans, scope_spans, one in otlp.spans_of(response["trace"]):
                self.assertTrue(resource_spans["resource"]["attributes"])
                self.assertIn("scope", scope_spans)
                self.assertIn("status", one)

    def test_a_trace_that_is_not_there_is_asked_for_twice(self):
        answer = self.get("/api/v2/traces/1234", "application/protobuf")
        self.assertEqual(answer.body[:2], b"\x0a\x00")
        self.assertEqual(http.get(self.server.tempo, "/api/traces/1234").status, 404)

    def test_search_builder(self):
        for query in ['{resource.service.name="shop" && name="GET /pay" && duration>100ms}',
                      '{name=~"GET /pay|nothing"}', '{(name="GET /pay" || name="nothing")}',
                      '{resource.service.name="shop" && status=error}',
                      "{span.http.response.status_code=500}", "{kind=server && traceDuration>1s && status=error}"]:
            with self.subTest(query):
                found = self.search(query, limit=100)
                self.assertIn(self.root["traceId"].lstrip("0"), [trace["traceID"] for trace in found])

    def test_search_of_everything(self):
        found = self.search("{}")
        self.assertEqual(len(found), 20)
        self.assertEqual([t["startTimeUnixNano"] for t in found],
                         sorted((t["startTimeUnixNano"] for t in found), reverse=True))

    def test_metrics_range(self):
        for parameters in ({}, {"step": "15s"}, {"step": "15s", "exemplars": "10"}):
            self.assertTrue(self.query_range("{} | rate()", **parameters))
        series = self.query_range("({status=error} | rate()) / ({} | rate())", step="15s")
        self.assertEqual(len(series), 1)

    def test_exemplars_lead_to_traces(self):
        series = self.query_range("{kind=client} | quantile_over_time(duration, 0.9)", step="15s", exemplars="20")
        exemplars = [exemplar for each in series for exemplar in each.get("exemplars", [])]
        self.assertTrue(exemplars)
        for exemplar in exemplars:
            self.assertGreater(exemplar["value"], 0)
            trace_id = {label["key"]: label["value"] for label in exemplar["labels"]}["trace:id"]["stringValue"]
            self.get(f"/api/traces/{trace_id}")

    def test_metrics_instant(self):
        self.assertEqual(self.query_instant('{resource.service.name="shop"} | count_over_time()')[0]["value"], 3)

    def test_tag_names_and_values(self):
        window = dict(start=self.second - 900, end=self.second + 60)
        for extra in ({}, window):
            body = self.get("/api/v2/search/tags", limit=5000, **extra).body
            scopes = {s["name"]: s["tags"] for s in tempo.read_json(tempo.TAGS_V2_RESPONSE, body)["scopes"]}
            self.assertLessEqual({"resource", "span", "event", "intrinsic"}, set(scopes))
        for tag, query, wanted in [
                ("resource.service.name", None, {"string": "shop"}),
                ("span.http.response.status_code", None, {"int": "500"}),
                ("status", None, {"keyword": "error"}),
                ("name", '{resource.service.name="shop"}', {"string": "GET /pay"}),
                (".db.system.name", "{}", {"string": "sqlite"})]:
            extra = {"q": query} if query else {}
            escaped = urllib.parse.quote(tag, safe="")
            body = self.get(f"/api/v2/search/tag/{escaped}/values", limit=5000, tag=tag, **extra, **window).body
            values = tempo.read_json(tempo.VALUES_V2_RESPONSE, body)["tagValues"]
            for kind, value in wanted.items():
                self.assertIn({"type": kind, "value": value}, values, tag)

    def test_traces_of_a_service_without_instrumentation(self):
        query = ('{span.db.name="sqlite" || span.db.system="sqlite" || span.peer.service="sqlite" || '
                 'span.messaging.system="sqlite" || span.net.peer.name="sqlite" || span.db.system.name="sqlite"}')
        self.assertIn(self.root["traceId"].lstrip("0"), [t["traceID"] for t in self.search(query, limit=5000)])

    # Traces Drilldown -------------------------------------------------------------------------------

    def test_health_probe(self):
        answer = self.get("/api/metrics/query_range", q="{} | rate()", start=self.second - 60, end=self.second)
        tempo.read_json(tempo.QUERY_RANGE_RESPONSE, answer.body)

    def test_panels(self):
        for signal in SIGNALS:
            with self.subTest(signal):
                self.assertTrue(self.query_range(f"{{{signal}}} | rate()", step="15s"))
                self.assertTrue(self.query_range(f"{{{signal} && status=error}} | rate()", step="15s"))
                self.assertTrue(self.query_range(f"{{{signal}}} | quantile_over_time(duration, 0.9)", step="15s"))
                buckets = self.query_range(f"{{{signal}}} | histogram_over_time(duration) with(sample=true)",
                                           step="15s")
                for series in buckets:
                    self.assertEqual(series["labels"][0]["key"], "__bucket")
                    self.assertIn("doubleValue", series["labels"][0]["value"])

    def test_breakdown(self):
        by = "resource.service.name"
        for function in ("rate()", "quantile_over_time(duration, 0.9)"):
            series = self.query_range(f"{{true && {by} != nil}} | {function} by({by})", step="15s")
            names = {label["value"]["stringValue"] for each in series for label in each["labels"]
                     if label["key"] == by}
            self.assertIn("shop", names)
        series = self.query_range(f'{{nestedSetParent<0 && {by}="shop"}} | rate() with(sample=true)', step="15s")
        self.assertEqual(len(series), 1)

    def test_comparison(self):
        window = f", {self.second - 900}000000000, {self.second}000000000"
        for arguments in ("{status = error}, 10", f"{{{SELECTION}}}, 10",
                          f"{{status = error && {SELECTION}}}, 10{window}", "{}, 10"):
            with self.subTest(arguments):
                series = self.query_range(f"{{nestedSetParent<0 && true}} | compare({arguments})", step="60s")
                kinds = {label["value"]["stringValue"] for each in series for label in each["labels"]
                         if label["key"] == "__meta_type"}
                self.assertLessEqual(kinds, {"baseline", "selection", "baseline_total", "selection_total"})
                self.assertIn("selection_total", kinds)

    def test_structure(self):
        for why in ("status = error", "duration > 100ms", "kind = server"):
            query = ("({nestedSetParent<0 && true} &>> { " + why + " }) || ({nestedSetParent<0 && true}) "
                     "| select(status, resource.service.name, name, nestedSetParent, nestedSetLeft, nestedSetRight)")
            with self.subTest(why):
                found = self.search(query, limit=200, spss=20)
                self.assertTrue(found)
                for trace in found:
                    for one in trace["spanSets"][0]["spans"]:
                        left, right = (int(attribute(one, key)["intValue"])
                                       for key in ("nestedSetLeft", "nestedSetRight"))
                        self.assertLess(left, right)
                        self.assertIn("intValue", attribute(one, "nestedSetParent"))
                        self.assertIn("stringValue", attribute(one, "service.name"))
                        self.assertIn(attribute(one, "status")["stringValue"], ("error", "unset", "ok"))
                        self.assertTrue(one["name"])

    def test_exceptions(self):
        query = ("{true && status = error} | select(resource.service.name, event.exception.message,"
                 "event.exception.stacktrace,event.exception.type) with(most_recent=true)")
        found = {trace["traceID"]: trace for trace in self.search(query, limit=400, spss=10)}
        one = found[self.root["traceId"].lstrip("0")]["spanSets"][0]["spans"][0]
        self.assertEqual(attribute(one, "exception.message"), {"stringValue": "card declined"})
        self.assertEqual(attribute(one, "exception.type"), {"stringValue": "PaymentError"})
        self.assertIn("at pay()", attribute(one, "exception.stacktrace")["stringValue"])

    def test_list_of_spans(self):
        for signal in SIGNALS:
            query = f"{{{signal} && status!=unset}} | select(status, resource.service.name, name, duration, kind)"
            self.search(query, limit=200, spss=10)


if __name__ == "__main__":
    unittest.main()
