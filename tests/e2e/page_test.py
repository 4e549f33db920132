# SPDX-License-Identifier: Apache-2.0
"""How the page is served; what it does is for the browser tests."""
import re
import unittest

from e2e.case import ServerCase
from support import http, otlp
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


if __name__ == "__main__":
    unittest.main()
