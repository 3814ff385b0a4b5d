"""A real time-stamp server (RFC 3161) on this machine: openssl answers, over HTTP."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
ess_cert_id_alg = sha256
"""


def why_not() -> str:
    """Why there can be no such server here; "" where there can."""
    return "" if shutil.which("openssl") else "openssl is not on this machine"


@dataclass
class Server:
    """``url`` is asked, ``ca`` is the file of the certificate to believe, ``fails`` how it does not."""

    folder: Path
    url: str = ""
    fails: str = ""
    asked: list[bytes] = field(default_factory=list)

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def answer(self, question: bytes) -> bytes:
        self.asked.append(question)
        if self.fails == "garbage":
            return b"this is no time stamp"
        if self.fails == "another" and len(self.asked) > 1:
            question = self.asked[0]
        (self.folder / "question").write_bytes(question)
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile",
             self.folder / "question", "-inkey", self.folder / "tsa.key", "-signer", self.folder / "tsa.pem",
             "-out", self.folder / "answer"],
            check=True, capture_output=True,
        )  # fmt: skip
        return (self.folder / "answer").read_bytes()


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with certificates of its own, valid from yesterday."""
    folder.mkdir(parents=True, exist_ok=True)
    _certificates(folder)
    (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    server = Server(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if server.fails == "500" or self.headers["Content-Type"] != "application/timestamp-query":
                self.send_error(500)
                return
            answer = server.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}/"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield server
    listening.shutdown()
    listening.server_close()
    thread.join()


def _certificates(folder: Path) -> None:
    root_key, root = _certificate("A root for tests")
    key, stamper = _certificate("A time-stamp server for tests", (root_key, root))
    (folder / "ca.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.pem").write_bytes(stamper.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


Issuer = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def _certificate(name: str, issuer: Issuer | None = None) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())
