"""How gunicorn serves the API: `gunicorn -c python:api.server.gunicorn`, or `python -m api`, which is the same."""

import ctypes
import errno
import gc
import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from pydantic import ValidationError

from api.http.request_ids import ENVIRON
from api.jobs.webhooks import Deliverer
from api.server.body import PIECE
from api.services import KEY
from api.settings import ApiSettings
from jobs.logs import configure, formatter
from shotlens.storage.files import Files

HOST = os.environ.get("SHOTLENS_HOST", "0.0.0.0")
PORT = os.environ.get("SHOTLENS_PORT", "5000")
SERVICE = "api"
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # as in malloc.h
BUFFERS = 16_000_000  # bytes
QUIET = ("/healthz", "/readyz", "/metrics", "/static/")


class ApiLogger(Logger):  # type: ignore[misc]
    """Logs in the form of all services, and no request that only asks whether the service lives."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        configure(SERVICE)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(formatter(SERVICE))

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Log one answered request; what it asked for beyond the path, and its headers, stay out of it."""
        path = environ.get("PATH_INFO", "")
        if not self.access_log_enabled or path.startswith(QUIET):
            return
        facts = {
            "request": environ.get(ENVIRON),
            "client": environ.get("REMOTE_ADDR"),
            "method": environ.get("REQUEST_METHOD"),
            "path": path,
            "status": resp.status_code,
            "bytes": resp.sent,
            "seconds": round(request_time.total_seconds(), 3),
        }
        self.access_log.info("answered", extra=facts)


wsgi_app = "api.app:create_app()"
bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
worker_class = "gthread"
workers = 1
threads = 192  # a waiting client, an upload and a stream of events hold one each; one that waits costs next to nothing
timeout = 60  # for the worker's main loop, which no request blocks: uploads and waits may take longer
graceful_timeout = 30
keepalive = 15
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a slow disk must not look like a dead worker
control_socket_disable = True
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
accesslog = "-"
logger_class = ApiLogger


def on_starting(server: Any) -> None:
    """End with a sentence where a traceback would come: wrong settings, no permission, port taken."""
    try:
        Files(ApiSettings().data).prepare()
    except ValidationError as error:
        wrong = error.errors()[0]
        _end(f"the setting {wrong['loc'][0]} is wrong: {wrong['msg']}.")
    except PermissionError as error:
        _end(f"there is no permission to write {error.filename}. Set SHOTLENS_DATA to a folder that can be written.")
    except OSError as error:
        _end(f"the data folder {error.filename} cannot be used: {error.strerror}.")
    for address in server.cfg.address:
        if isinstance(address, tuple) and "GUNICORN_PID" not in os.environ:  # which says that a new master takes over
            _try(address)


def post_worker_init(worker: Any) -> None:
    """Let waiting requests see that the worker stops, so that they answer; start what calls back."""
    _keep_buffers()
    gc.freeze()  # what is there by now stays: to look for garbage among it again and again held all answers for 0.1 s
    SocketUnreader.max_body_chunk = PIECE  # it read 1 MB of a chunked body, and copied the rest at each piece taken
    worker.wsgi.config["STOPPING"] = lambda: not worker.alive
    services = worker.wsgi.extensions[KEY]
    if services.webhook_hosts:
        Deliverer(services, services.settings.webhook_secret).start(lambda: worker.alive)


def _keep_buffers() -> None:
    """Let the C library keep the buffers of uploads for the next piece, where it is glibc.

    It gave each piece of 256 KB back to the system and was given it anew, page by page: a raw body of 1 GB took 2.6 s
    instead of 1.0.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, BUFFERS)
        libc.mallopt(M_TRIM_THRESHOLD, BUFFERS)


def _try(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            _end(f"port {address[1]} at {address[0]} {reason}. Set SHOTLENS_PORT to another one.")


def _end(sentence: str) -> NoReturn:
    print(f"Shotlens' API cannot start: {sentence}", file=sys.stderr)
    sys.exit(1)
