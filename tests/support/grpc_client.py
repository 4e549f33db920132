# SPDX-License-Identifier: Apache-2.0
"""OTLP/gRPC without generated code: bytes in, bytes out. Needs Debian's python3-grpcio."""
import grpc

TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"


class Client:
    def __init__(self, port):
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[
            ("grpc.enable_http_proxy", 0), ("grpc.max_send_message_length", -1)])

    def call(self, method, body, gzip=False, timeout=30):
        """The answer's bytes; raises grpc.RpcError with code() and details()."""
        compression = grpc.Compression.Gzip if gzip else grpc.Compression.NoCompression
        return self.channel.unary_unary(method)(body, timeout=timeout, compression=compression)

    def stream(self, method, body, timeout=30, metadata=()):
        """The messages of a streamed answer as they come; iterating raises grpc.RpcError."""
        return self.channel.unary_stream(method)(body, timeout=timeout, metadata=metadata)

    def close(self):
        self.channel.close()
