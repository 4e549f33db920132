# SPDX-License-Identifier: Apache-2.0
"""Certificate authorities of the test's own, and certificates that they sign."""
import subprocess
from pathlib import Path


def _openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, timeout=30)
    if done.returncode:
        raise AssertionError(f"openssl {' '.join(map(str, words))}: {done.stderr}")


class Authority:
    def __init__(self, folder, name):
        self.folder, self.name = Path(folder), name
        self.key, self.pem = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2,
                 "-keyout", self.key, "-out", self.pem, "-subj", f"/CN={name}")

    def sign(self, host):
        """(certificate, key) of a server that goes by `host`, as in DNS:localhost or IP:127.0.0.1."""
        stem = self.folder / f"{self.name}-{host.replace(':', '-')}"
        key, request, pem, extension = (stem.with_suffix(end) for end in (".key", ".csr", ".crt", ".ext"))
        extension.write_text(f"subjectAltName={host}\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                 "-out", request, "-subj", "/CN=test server")
        _openssl("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial", "-days", 2,
                 "-out", pem, "-extfile", extension)
        return pem, key
