# SPDX-License-Identifier: Apache-2.0
"""A server that speaks as OpenAI's API does, over TLS, and behaves or misbehaves as it is told."""
import http.server
import json
import socket
import ssl
import threading

USAGE = {"prompt_tokens": 31, "completion_tokens": 7, "total_tokens": 38,
         "prompt_tokens_details": {"cached_tokens": 16}, "completion_tokens_details": {"reasoning_tokens": 3}}


def completion(text="Hello from the other side."):
    """A good answer, as (status, headers, body)."""
    return 200, {}, json.dumps({
        "id": "chatcmpl-tls-1", "object": "chat.completion", "created": 1700000000, "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default", "system_fingerprint": "fp_test",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": USAGE})


def error(status, message, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"error": {"message": message, "type": "x", "param": None, "code": None}})


CUT = "cut"  # closes the connection in place of an answer
CUT_LATE = "cut late"  # closes it in the middle of an answer
HANG = "hang"  # says nothing until the peer gives up


class OpenAiServer:
    """Gives the answers of `script` one after the other, and keeps the requests."""

    def __init__(self, certificate, key):
        self.script, self.requests = [], []
        self.stopping = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                # Here and not at accept: a handshake that fails must not end the server.
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def finish(self):
                super().finish()
                self.request.close()  # The server closes the bare socket alone.

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                server.answer(self, server.script.pop(0) if server.script else completion())

            def log_message(self, *words):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # refused handshakes and cut connections are what the tests are about

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,))
        self.thread.start()

    def answer(self, handler, step):
        if step == HANG:
            self.stopping.wait(60)
        if step in (CUT, HANG):
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        status, headers, body = completion() if step == CUT_LATE else step
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body) + (100 if step == CUT_LATE else 0)))
        for name, value in headers.items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(body.encode())
        handler.close_connection = step == CUT_LATE

    def close(self):
        self.stopping.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
