# SPDX-License-Identifier: Apache-2.0
"""Tempo's HTTP API, as Grafana and its users see it."""
import json
import unittest

from e2e.case import ServerCase
from support import http, otlp
from support.samples import new_span_id, new_trace_id, now, span


class Endpoints(ServerCase):
    def test_echo(self):
        answer = http.get(self.server.tempo, "/api/echo")
        self.assertEqual((answer.status, answer.text), (200, "echo\n"))
        self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")

    def test_ready_and_buildinfo(self):
        self.assertEqual(http.get(self.server.tempo, "/ready").status, 200)
        info = http.get(self.server.tempo, "/api/status/buildinfo").json()
        self.assertRegex(info["version"], r"^\d+\.\d+\.\d+")
        self.assertLessEqual({"revision", "branch", "buildDate", "buildUser", "goVersion"}, set(info))

    def test_the_same_api_under_a_prefix_on_the_page_s_port(self):
        self.assertEqual(http.get(self.server.web, "/tempo/api/echo").text, "echo\n")
        one = span(name="prefixed")
        self.server.send(otlp.traces_of("prefixed", [one]))
        found = http.get(self.server.web, "/tempo/api/search", q='{ name = "prefixed" }').json()
        self.assertEqual(found["traces"][0]["traceID"].zfill(32), one["traceId"])

    def test_foreign_host_is_refused(self):
        for port, path in [(self.server.tempo, "/api/echo"), (self.server.web, "/"),
                           (self.server.admin, "/metrics"), (self.server.otlp_http, "/v1/traces")]:
            answer = http.get(port, path, {"Host": "attacker.example"})
            self.assertEqual(answer.status, 403, f"{path}: {answer}")
            self.assertIn("attacker.example", answer.text)
        for host in ("localhost:1", "127.0.0.1", "[::1]:9"):
            self.assertEqual(http.get(self.server.tempo, "/api/echo", {"Host": host}).status, 200, host)

    def test_cross_origin_write_is_refused(self):
        body = otlp.encode(otlp.traces_of("forged", [span()]))
        answer = self.server.send(body, Origin="http://attacker.example")
        self.assertEqual(answer.status, 403, answer)
        answer = http.request(self.server.admin, "POST", "/flush", headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(answer.status, 403, answer)
        self.assertEqual(self.server.search('{ resource.service.name = "forged" }'), [])

    def test_tenant_header_is_accepted(self):
        self.assertEqual(http.get(self.server.tempo, "/api/echo", {"X-Scope-OrgID": "team"}).status, 200)

    def test_answers_are_gzipped_on_request(self):
        self.server.send(otlp.traces_of("zipped", [span(name=f"name {i}") for i in range(300)]))
        answer = http.get(self.server.tempo, "/api/search", {"Accept-Encoding": "gzip"},
                          q='{ resource.service.name = "zipped" }', limit=300)
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertEqual(answer.body[:2], b"\x1f\x8b")


class TraceById(ServerCase):
    def get(self, path, accept="application/json", **query):
        return http.get(self.server.tempo, path, {"Accept": accept}, **query)

    def test_short_and_upper_case_ids(self):
        one = span("00000000000000000000000000abcdef")
        self.server.send(otlp.traces_of("short", [one]))
        for spelled in ("abcdef", "ABCDEF", "0abcdef"):
            answer = self.get(f"/api/traces/{spelled}")
            self.assertEqual(answer.status, 200, spelled)

    def test_unknown_trace(self):
        missing = new_trace_id()
        answer = self.get(f"/api/traces/{missing}")
        self.assertEqual((answer.status, answer.body), (404, b""))
        answer = self.get(f"/api/v2/traces/{missing}")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json()["trace"], {})
        answer = self.get(f"/api/v2/traces/{missing}", "application/protobuf")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body[:2], b"\x0a\x00")

    def test_wrong_ids(self):
        answer = self.get("/api/traces/" + "a" * 33)
        self.assertEqual(answer.status, 400)
        self.assertIn("trace IDs can't be larger than 128 bits", answer.text)
        answer = self.get("/api/traces/12xy")
        self.assertEqual(answer.status, 400)
        self.assertIn("trace IDs can only contain hex characters: invalid character 'x' at position 3",
                      answer.text)

    def test_protobuf_has_the_messages_that_grafana_dereferences(self):
        one = span()
        request = {"resourceSpans": [{"scopeSpans": [{"spans": [one]}],
                                      "resource": {"attributes": otlp.attributes(service__name="bare")}}]}
        self.server.send(request)
        body = self.get(f"/api/v2/traces/{one['traceId']}", "application/protobuf").body
        trace = otlp.decode_as(otlp.TRACE_BY_ID_RESPONSE, body)["trace"]
        resource_spans, scope_spans, stored = next(otlp.spans_of(trace))
        self.assertIn("resource", resource_spans)
        self.assertIn("scope", scope_spans)
        self.assertIn("status", stored)


class TraceDiff(ServerCase):
    """What changed between two traces, in the places where it did."""

    def trace(self, spans):
        """Sends (name, parent's place or None, start in ms, length in ms, fields) of one trace; its id."""
        trace_id, start, sent = new_trace_id(), now() - 10**9, []
        for name, parent, offset, length, fields in spans:
            above = {} if parent is None else {"parentSpanId": sent[parent]["spanId"]}
            sent.append(span(trace_id, name, start + offset * 10**6, length, **above, **fields))
        self.server.send(otlp.traces_of("shop", sent))
        return trace_id

    def diff(self, base, compare, **more):
        body = json.dumps({"base": {"traceId": base}, "compare": {"traceID": compare}, **more})
        return http.request(self.server.tempo, "POST", "/api/v2/traces/diff", body, {"Content-Type": "application/json"})

    def test_added_removed_and_modified_spans(self):
        tokens = otlp.attributes(gen_ai__usage__input_tokens=100, route="/a", old=1)
        base = self.trace([("GET /", None, 0, 100, {"kind": 2, "attributes": tokens}), ("query", 0, 10, 20, {}),
                           ("query", 0, 40, 20, {}), ("gone", 1, 12, 5, {})])
        changed = otlp.attributes(gen_ai__usage__input_tokens=104, route="/b", new=[1, {"x": True}])
        compare = self.trace([("GET /", None, 0, 200, {"kind": 2, "attributes": changed, "status": {"code": 2}}),
                              ("query", 0, 10, 20, {}), ("query", 0, 40, 24, {}), ("retry", 2, 45, 5, {})])
        answer = self.diff(base, compare)
        self.assertEqual(answer.status, 200, answer)
        found = answer.json()
        self.assertEqual((found["version"], found["warnings"]), ("trace-patch-v0", []))
        self.assertEqual((found["base"], found["compare"]), ({"traceId": base, "spanCount": 4},
                                                             {"traceId": compare, "spanCount": 4}))
        self.assertEqual(found["stats"], {
            "spanCountA": 4, "spanCountB": 4, "matchedSpans": 3, "modifiedSpans": 1, "addedSpans": 1, "removedSpans": 1,
            "fieldChanges": 2, "attributeChanges": 3, "eventChanges": 0, "truncated": False})
        target = {"type": "attribute", "scope": "span"}
        self.assertEqual(found["modified"], [{
            "span": {"path": [0], "service": "shop", "name": "GET /", "kind": "server"},
            "changes": [
                {"op": "modify", "target": {"type": "field", "name": "duration_nanos"}, "before": 10**8, "after": 2 * 10**8},
                {"op": "modify", "target": {"type": "field", "name": "status"}, "before": "unset", "after": "error"},
                {"op": "add", "target": {**target, "key": "new"}, "before": None, "after": [1, {"x": True}]},
                {"op": "remove", "target": {**target, "key": "old"}, "before": 1, "after": None},
                {"op": "modify", "target": {**target, "key": "route"}, "before": "/a", "after": "/b"}]}])
        snapshot = {"service": "shop", "kind": "internal", "duration_nanos": 5 * 10**6, "status": "unset"}
        self.assertEqual(found["added"], [{"target": {"type": "span", "parentPath": [0, 1], "index": 0},
                                           "span": {"path": [0, 1, 0], "name": "retry", **snapshot}}])
        self.assertEqual(found["removed"], [{"target": {"type": "span", "path": [0, 0, 0]},
                                             "span": {"path": [0, 0, 0], "name": "gone", **snapshot}}])

    def test_a_trace_does_not_differ_from_itself(self):
        one = self.trace([("root", None, 0, 100, {}), ("child", 0, 1, 50, {}), ("child", 0, 2, 50, {})])
        found = self.diff(one, one).json()
        self.assertEqual((found["modified"], found["added"], found["removed"]), ([], [], []))
        self.assertEqual(found["stats"]["matchedSpans"], 3)

    def test_what_is_refused(self):
        one = self.trace([("root", None, 0, 100, {})])
        missing = new_trace_id()
        for answer, status, words in [
                (self.diff(one, missing), 404, f"compare trace {missing}"),
                (self.diff("xyz", one), 400, "hex characters"),
                (self.diff(one, one, format="trace-summary-v0-native"), 400, "trace-patch-v0"),
                (http.request(self.server.tempo, "POST", "/api/v2/traces/diff", "{"), 400, "no JSON object"),
                (http.request(self.server.tempo, "POST", "/api/v2/traces/diff", "{}"), 400, "base.traceId is missing")]:
            self.assertEqual((answer.status, words in answer.text), (status, True), answer)


class Search(ServerCase):
    """Three traces: a good one, a failed one, and one without its root."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start = now() - 60_000_000_000
        cls.good = cls.send_trace("shop", "GET /cart", cls.start, 100, 200, status={"code": 1})
        cls.failed = cls.send_trace("shop", "GET /pay", cls.start + 10_000_000_000, 1500, 500,
                                    status={"code": 2, "message": "card declined"})
        cls.headless = span(new_trace_id(), "orphan", cls.start + 20_000_000_000, 5,
                            parentSpanId=new_span_id(), attributes=otlp.attributes(user__id="u-9"))
        cls.server.send(otlp.traces_of("billing", [cls.headless]))

    @classmethod
    def send_trace(cls, service, name, start, duration_ms, code, status):
        root = span(None, name, start, duration_ms, kind=2, status=status,
                    attributes=otlp.attributes(http__response__status_code=code, user__id="u-7",
                                               ratio=0.25, cached=code == 200))
        child = span(root["traceId"], "query", start + 1_000_000, duration_ms // 2, kind=3,
                     parentSpanId=root["spanId"], attributes=otlp.attributes(db__system__name="sqlite"))
        cls.server.send({"resourceSpans": [
            *otlp.traces_of(service, [root], {"host.name": "web-1"})["resourceSpans"],
            *otlp.traces_of("store", [child])["resourceSpans"]]})
        return root

    def ids(self, query, **parameters):
        return [t["traceID"].zfill(32) for t in self.server.search(query, **parameters)]

    def test_fields_of_a_result(self):
        found = self.server.search('{ name = "GET /pay" }')
        self.assertEqual(len(found), 1)
        trace = found[0]
        self.assertEqual(trace["traceID"], self.failed["traceId"].lstrip("0"))
        self.assertEqual(trace["rootServiceName"], "shop")
        self.assertEqual(trace["rootTraceName"], "GET /pay")
        self.assertEqual(trace["startTimeUnixNano"], str(self.failed["startTimeUnixNano"]))
        self.assertEqual(trace["durationMs"], 1500)
        self.assertEqual(trace["spanSets"][0]["matched"], 1)
        matched = trace["spanSets"][0]["spans"][0]
        self.assertEqual(matched["spanID"], self.failed["spanId"])
        self.assertEqual(matched["durationNanos"], "1500000000")
        self.assertEqual(trace["spanSet"], trace["spanSets"][0])
        stats = trace["serviceStats"]
        self.assertEqual(stats["shop"], {"spanCount": 1, "errorCount": 1})
        self.assertEqual(stats["store"], {"spanCount": 1})

    def test_newest_first(self):
        self.assertEqual(self.ids("{ }"),
                         [self.headless["traceId"], self.failed["traceId"], self.good["traceId"]])

    def test_limit_takes_the_newest(self):
        self.assertEqual(self.ids("{ }", limit=1), [self.headless["traceId"]])

    def test_trace_without_root(self):
        trace = self.server.search('{ name = "orphan" }')[0]
        self.assertEqual(trace["rootServiceName"], "<root span not yet received>")
        self.assertNotIn("rootTraceName", trace)

    def test_filters(self):
        for query, wanted in [
            ("{ status = error }", [self.failed]),
            ("{ status = ok }", [self.good]),
            ("{ duration > 1s }", [self.failed]),
            ("{ duration >= 1s && duration < 1600ms }", [self.failed]),
            ("{ span.http.response.status_code >= 500 }", [self.failed]),
            ("{ .http.response.status_code = 200 }", [self.good]),
            ("{ span.ratio = 0.25 && span.cached = true }", [self.good]),
            ('{ resource.host.name = "web-1" }', [self.failed, self.good]),
            ('{ resource.service.name = "billing" || name = "GET /cart" }', [self.headless, self.good]),
            ('{ name =~ "GET /.*" }', [self.failed, self.good]),
            ('{ name !~ "GET .*|query" }', [self.headless]),
            ('{ statusMessage = "card declined" }', [self.failed]),
            ("{ kind = client }", [self.failed, self.good]),
            ('{ rootServiceName = "shop" && name = "query" }', [self.failed, self.good]),
            ("{ traceDuration > 1s }", [self.failed]),
            ('{ span.user.id = "u-9" }', [self.headless]),
            ('{ span.user.id = "nobody" }', []),
            ('{ span.user.id != "u-7" && span.user.id != nil }', [self.headless]),
        ]:
            with self.subTest(query):
                self.assertEqual(self.ids(query), [one["traceId"] for one in wanted])

    def test_answers_do_not_change_when_flushed(self):
        before = self.server.search("{ status = error }")
        self.server.flush()
        self.assertEqual(self.server.search("{ status = error }"), before)

    def test_time_range(self):
        second = self.start // 10**9
        self.assertEqual(self.ids("{ }", start=second - 5, end=second + 5), [self.good["traceId"]])
        self.assertEqual(self.ids("{ }", start=second - 500, end=second - 400), [])

    def test_tags_and_durations(self):
        self.assertEqual(self.tagged(tags="user.id=u-9"), [self.headless["traceId"]])
        self.assertEqual(self.tagged(tags='service.name=shop name="GET /cart"'), [self.good["traceId"]])
        self.assertEqual(self.tagged(minDuration="1s"), [self.failed["traceId"]])
        self.assertEqual(self.tagged(minDuration="50ms", maxDuration="1s"), [self.good["traceId"]])

    def tagged(self, **parameters):
        answer = http.get(self.server.tempo, "/api/search", limit=100, **parameters)
        self.assertEqual(answer.status, 200, answer)
        return [t["traceID"].zfill(32) for t in answer.json().get("traces", [])]

    def test_spans_per_span_set(self):
        trace_id = new_trace_id()
        self.server.send(otlp.traces_of("wide", [span(trace_id, f"s{i}") for i in range(8)]))
        for asked, shown in [({}, 3), ({"spss": 5}, 5), ({"spss": 100}, 8)]:
            spans = self.server.search('{ resource.service.name = "wide" }', **asked)[0]["spanSets"][0]
            self.assertEqual((len(spans["spans"]), spans["matched"]), (shown, 8), asked)

    def test_wrong_parameters(self):
        for query, message in [
            ({"q": "{ }", "tags": "a=b"}, "invalid request: can't specify tags and q in the same query"),
            ({"q": "{ }", "limit": 0}, "invalid limit: must be a positive number"),
            ({"q": "{ }", "limit": 262145}, "limit 262145 exceeds max limit 262144"),
            ({"q": "{ }", "spss": 101}, "spans per span set exceeds 100. received 101"),
            ({"q": "{ }", "start": 20, "end": 10},
             "http parameter start must be before end. received start=20 end=10"),
            ({"q": "{ }", "start": 20}, ""),
            ({"q": "{ }", "minDuration": "5"}, ""),
            ({"minDuration": "2s", "maxDuration": "1s"}, ""),
            ({"q": "{ name = }"}, "1:"),
        ]:
            with self.subTest(query):
                answer = http.get(self.server.tempo, "/api/search", **query)
                self.assertEqual(answer.status, 400, answer)
                self.assertTrue(answer.headers["Content-Type"].startswith("text/plain"))
                self.assertGreater(len(answer.text.strip()), 10)
                self.assertIn(message, answer.text)

    def test_query_error_points_at_the_place(self):
        answer = http.get(self.server.tempo, "/api/search", q='{ name = "x" && }')
        lines = answer.text.rstrip("\n").split("\n")
        self.assertIn('{ name = "x" && }', lines[-2])
        self.assertEqual(lines[-1].strip(), "^")

    def test_what_is_not_defined_yet_is_said_in_one_sentence(self):
        answer = http.get(self.server.tempo, "/api/search", q="{ parent.a = 1 }")
        self.assertEqual(answer.status, 400, answer)
        self.assertIn("not yet supported", answer.text)

    def test_tag_names(self):
        v2 = http.get(self.server.tempo, "/api/v2/search/tags").json()
        scopes = {scope["name"]: set(scope["tags"]) for scope in v2["scopes"]}
        self.assertLessEqual({"service.name", "host.name"}, scopes["resource"])
        self.assertLessEqual({"user.id", "http.response.status_code", "db.system.name"}, scopes["span"])
        self.assertLessEqual({"name", "status", "duration", "rootServiceName", "span:name", "trace:id"},
                             scopes["intrinsic"])
        only = http.get(self.server.tempo, "/api/v2/search/tags", scope="resource").json()
        self.assertEqual([scope["name"] for scope in only["scopes"]], ["resource"])
        v1 = http.get(self.server.tempo, "/api/search/tags").json()
        self.assertLessEqual({"service.name", "user.id"}, set(v1["tagNames"]))
        answer = http.get(self.server.tempo, "/api/v2/search/tags", scope="nowhere")
        self.assertEqual((answer.status, "invalid scope: nowhere" in answer.text), (400, True))

    def values(self, tag, **parameters):
        answer = http.get(self.server.tempo, f"/api/v2/search/tag/{tag}/values", **parameters)
        self.assertEqual(answer.status, 200, answer)
        return {(v["type"], v["value"]) for v in answer.json().get("tagValues", [])}

    def test_tag_values(self):
        self.assertLessEqual({("string", "shop"), ("string", "store"), ("string", "billing")},
                             self.values("resource.service.name"))
        self.assertEqual(self.values("span.http.response.status_code"), {("int", "200"), ("int", "500")})
        self.assertEqual(self.values(".ratio"), {("float", "0.25")})
        self.assertEqual(self.values("span.cached"), {("bool", "true"), ("bool", "false")})
        self.assertEqual(self.values("status"),
                         {("keyword", "ok"), ("keyword", "error"), ("keyword", "unset")})
        self.assertEqual(len(self.values("kind")), 6)
        self.assertEqual(self.values("duration"), set())
        self.assertIn(("string", "orphan"), self.values("name"))

    def test_tag_values_under_a_filter(self):
        self.assertEqual(self.values("span.user.id", q='{ resource.service.name = "billing" }'),
                         {("string", "u-9")})
        self.assertLessEqual({("string", "u-7"), ("string", "u-9")}, self.values("span.user.id", q="{ na"))

    def test_tag_values_v1_and_wrong_names(self):
        answer = http.get(self.server.tempo, "/api/search/tag/user.id/values")
        self.assertLessEqual({"u-7", "u-9"}, set(answer.json()["tagValues"]))
        answer = http.get(self.server.tempo, "/api/v2/search/tag/not%20a%20tag/values")
        self.assertEqual(answer.status, 400, answer)
        self.assertIn("please provide a valid tagName", answer.text)

    def both(self, path, message, **parameters):
        """An answer's JSON, and the same answer's protobuf, decoded."""
        answer = http.get(self.server.tempo, path, {"Accept": "application/protobuf"}, **parameters)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/protobuf"))
        decoded = otlp.decode_as(message, answer.body)
        self.assertEqual(decoded["metrics"]["completedJobs"], 1)
        answer = http.get(self.server.tempo, path, **parameters)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))
        return answer.json(), decoded

    def test_search_in_protobuf(self):
        text, decoded = self.both("/api/search", otlp.SEARCH_RESPONSE, limit=100,
                                  q='{ resource.service.name = "shop" && status != ok } | by(status) | count() > 0')
        wanted, trace = text["traces"][0], decoded["traces"][0]
        for key in ("traceID", "rootServiceName", "rootTraceName", "durationMs"):
            self.assertEqual(trace[key], wanted[key], key)
        self.assertEqual(str(trace["startTimeUnixNano"]), wanted["startTimeUnixNano"])
        self.assertEqual({s["key"]: s["value"] for s in trace["serviceStats"]}, wanted["serviceStats"])
        spanset, same = wanted["spanSets"][0], trace["spanSets"][0]
        self.assertEqual(trace["spanSet"], same)
        self.assertEqual((same["matched"], same["spans"][0]["spanID"]),
                         (spanset["matched"], spanset["spans"][0]["spanID"]))
        self.assertEqual(str(same["spans"][0]["durationNanos"]), spanset["spans"][0]["durationNanos"])
        for own, others in ((same["attributes"], spanset["attributes"]),
                            (same["spans"][0]["attributes"], spanset["spans"][0]["attributes"])):
            self.assertEqual([(a["key"], [str(v) for v in a["value"].values()]) for a in own],
                             [(a["key"], [str(v) for v in a["value"].values()]) for a in others])

    def test_tags_in_protobuf(self):
        text, decoded = self.both("/api/v2/search/tags", otlp.TAG_SCOPES)
        self.assertEqual(decoded["scopes"], text["scopes"])
        text, decoded = self.both("/api/search/tags", otlp.TAG_TEXTS)
        self.assertEqual(decoded["texts"], text["tagNames"])
        text, decoded = self.both("/api/v2/search/tag/.ratio/values", otlp.TAG_VALUES)
        self.assertEqual(decoded["tagValues"], text["tagValues"])
        text, decoded = self.both("/api/search/tag/service.name/values", otlp.TAG_TEXTS)
        self.assertEqual(decoded["texts"], text["tagValues"])

    def series(self, query, path="/api/metrics/query_range", **parameters):
        """Labels without types, as sorted pairs, and what belongs to them."""
        parameters.setdefault("start", self.start // 10**9 - 30)
        parameters.setdefault("end", self.start // 10**9 + 60)
        answer = http.get(self.server.tempo, path, q=query, **parameters)
        self.assertEqual(answer.status, 200, answer)
        body = answer.json()
        self.assertLessEqual(set(body), {"series", "metrics"})
        return {tuple((label["key"], *label["value"].values()) for label in one["labels"]): one
                for one in body["series"]}

    def test_metrics_over_a_range(self):
        found = self.series('{ resource.service.name = "shop" || resource.service.name = "store" }'
                            ' | count_over_time() by (resource.service.name)', step=30)
        self.assertEqual(set(found), {(("resource.service.name", "shop"),),
                                      (("resource.service.name", "store"),)})
        for one in found.values():
            self.assertEqual(sum(sample.get("value", 0) for sample in one["samples"]), 2)
            stamps = [int(sample["timestampMs"]) for sample in one["samples"]]
            self.assertTrue(all(stamp % 30_000 == 0 for stamp in stamps), stamps)
            self.assertEqual(stamps, sorted(stamps))
        exemplars = [e["labels"][0]["value"]["stringValue"].zfill(32)
                     for one in found.values() for e in one.get("exemplars", [])]
        self.assertEqual(sorted(exemplars), sorted([self.good["traceId"], self.failed["traceId"]]))

    def test_the_newest_span_is_counted_at_once(self):
        one = span(name="just now", start=now())
        self.server.send(otlp.traces_of("fresh", [one]))
        answer = http.get(self.server.tempo, "/api/metrics/query",
                          q='{ name = "just now" } | count_over_time()', end=now() // 10**9 + 1)
        self.assertEqual([one["value"] for one in answer.json()["series"]], [1])

    def test_metrics_at_an_instant(self):
        at_once = self.series("{ status = error } | max_over_time(duration)", "/api/metrics/query")
        self.assertEqual(at_once, {(("__name__", "max_over_time"),): {
            "labels": [{"key": "__name__", "value": {"stringValue": "max_over_time"}}], "value": 1.5}})

    def test_metrics_do_not_change_when_flushed(self):
        queries = ["{ } | rate() by (name)", "{ } >> { kind = client } | quantile_over_time(duration, .5)",
                   "{ } | compare({ status = error })"]
        before = [self.series(query, exemplars=1) for query in queries]
        self.assertTrue(all(before))
        self.server.flush()
        for query, series in zip(queries, before):
            after = self.series(query, exemplars=1)
            self.assertEqual({k: v["samples"] for k, v in after.items()},
                             {k: v["samples"] for k, v in series.items()}, query)


if __name__ == "__main__":
    unittest.main()
