"""`python -m compliance.serving.probe`: whether web is well, for the supervisor of a container; 0 or 1.

It asks /health/ready on this machine by the name of SITE_URL, since Duly answers to no other.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit


def main() -> int:
    port = int(os.environ.get("PORT") or 8000)
    name = urlsplit(os.environ.get("SITE_URL") or "http://127.0.0.1").hostname or ""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready", headers={"Host": name})
        answer = connection.getresponse()
        print(answer.status, answer.read(300).decode(errors="replace"))  # noqa: T201 - docker keeps it
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    finally:
        connection.close()
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    raise SystemExit(main())
