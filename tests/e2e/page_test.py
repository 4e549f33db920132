# SPDX-License-Identifier: Apache-2.0
"""How the page is served; what it does is for the browser tests."""
import re
import unittest

from e2e.case import ServerCase
from support import http, orrery, otlp
from support.samples import span


class Page(ServerCase):
    def get(self, path, **headers):
        return http.get(self.server.web, path, headers)

    def test_policy_with_a_nonce_of_its_own_each_time(self):
        nonces = set()
        for _ in range(2):
            answer = self.get("/")
            self.assertEqual(answer.status, 200)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))
            policy = answer.headers["Content-Security-Policy"]
            self.assertIn("default-src 'self'", policy)
            self.assertNotIn("unsafe", policy)
            nonce = re.search(r"'nonce-([A-Za-z0-9+/=_-]{16,})'", policy).group(1)
            self.assertIn(nonce, answer.text)
            self.assertNotIn("ORRERY_NONCE", answer.text)
            nonces.add(nonce)
        self.assertEqual(len(nonces), 2)

    def test_page_is_not_cached_and_its_parts_are_for_ever(self):
        page = self.get("/")
        self.assertNotIn("max-age=31536000", page.headers.get("Cache-Control", ""))
        scripts = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)
        self.assertTrue(scripts, "the page names no script")
        script = self.get(scripts[0])
        self.assertEqual(script.status, 200)
        self.assertIn("immutable", script.headers["Cache-Control"])
        packed = self.get(scripts[0], **{"Accept-Encoding": "gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertLess(len(packed.body), len(script.body))

    def test_unchanged_parts_are_not_sent_again(self):
        scripts = re.findall(r'src="(/assets/[^"]+\.js)"', self.get("/").text)
        tag = self.get(scripts[0]).headers["ETag"]
        self.assertEqual(self.get(scripts[0], **{"If-None-Match": tag}).status, 304)

    def test_views_are_the_page_and_lost_files_are_not(self):
        self.assertEqual(self.get("/trace/abc").status, 200)
        self.assertEqual(self.get("/assets/nothing.js").status, 404)

    def test_status_counts_spans(self):
        self.server.send(otlp.traces_of("counted", [span(), span()]))
        status = self.get("/api/orrery/v1/status").json()
        self.assertGreaterEqual(int(status["traces"]["spans"]), 2)
        self.assertRegex(status["version"], r"^\d+\.\d+\.\d+")
        self.assertEqual(status["addresses"]["otlp_http"], f"127.0.0.1:{self.server.otlp_http}")

    def test_status_tells_log_and_head_apart(self):
        self.server.send(otlp.traces_of("head", [span()]))
        traces = self.get("/api/orrery/v1/status").json()["traces"]
        self.assertGreaterEqual(int(traces["headSpans"]), 1)
        self.assertGreater(int(traces["logBytes"]), 0)
        self.assertGreaterEqual(int(traces["bytes"]), int(traces["logBytes"]))

    def test_telemetry_counts_what_was_sent_and_refused(self):
        def series(name):
            families = self.get("/api/orrery/v1/telemetry").json()["families"]
            return next(family for family in families if family["name"] == name)["series"]

        def of_http(name, **labels):
            wanted = {"transport": "http", **labels}
            return next(s["value"] for s in series(name) if s["labels"] == wanted)

        before = of_http("orrery_ingest_stored_spans_total")
        self.server.send(otlp.traces_of("counted", [span(), span(), span()]))
        self.assertEqual(of_http("orrery_ingest_stored_spans_total"), before + 3)
        refused = of_http("orrery_ingest_refused_requests_total", reason="invalid")
        http.request(self.server.otlp_http, "POST", "/v1/traces", b"{", {"Content-Type": "application/json"})
        self.assertEqual(of_http("orrery_ingest_refused_requests_total", reason="invalid"), refused + 1)
        answer = self.get("/api/orrery/v1/telemetry")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        names = [family["name"] for family in answer.json()["families"]]
        self.assertEqual(names, sorted(names))
        self.assertTrue(all(family["help"] for family in answer.json()["families"]))


class Settings(ServerCase):
    flags = ("--query.timeout=7s", "--http.allowed-hosts=one.test,two.test")

    def test_values_in_force_and_whether_they_were_changed(self):
        answer = http.get(self.server.web, "/api/orrery/v1/config").json()
        settings = {setting["name"]: setting for setting in answer["settings"]}
        self.assertEqual(settings["query.timeout"]["value"], "7s")
        self.assertEqual(settings["query.timeout"]["default"], "30s")
        self.assertTrue(settings["query.timeout"]["changed"])
        self.assertEqual(settings["http.allowed_hosts"]["value"], "one.test,two.test")
        self.assertEqual(settings["data_dir"]["value"], str(self.server.data_dir))
        self.assertFalse(settings["query.concurrency"]["changed"])
        reference = (orrery.ROOT / "docs" / "settings.md").read_text()
        self.assertEqual(list(settings), [line[3:] for line in reference.splitlines() if line.startswith("## ")])


if __name__ == "__main__":
    unittest.main()
