"""The server as a process: ``python -m tests.sheets_server --port 0 --book book-1 [--key FILE]``."""

from __future__ import annotations

import argparse
import json
import signal
from pathlib import Path

from tests.sheets_server.server import running_server


def main() -> None:
    """Serve until the process is told to end; the first line of output says where, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.sheets_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="its name, when it is for other machines, too")
    parser.add_argument("--book", action="append", default=[], help="id of a spreadsheet; may come twice")
    parser.add_argument("--key", type=Path, help="write the key of a service account into this file")
    parser.add_argument("--anonymous-role", choices=["reader", "writer"], help="let in who has no token")
    options = parser.parse_args()
    signals = {signal.SIGINT, signal.SIGTERM}
    # Threads started from here on leave the signals to this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with running_server(options.port, host=options.host, anonymous_role=options.anonymous_role) as server:
        for book_id in options.book:
            server.add_book(book_id)
        key = server.service_account()
        if options.key:
            options.key.write_text(json.dumps(key))
        print(json.dumps({"url": server.url, "email": key["client_email"]}), flush=True)
        signal.sigwait(signals)


if __name__ == "__main__":
    main()
