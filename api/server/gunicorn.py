"""Gunicorn's configuration for the API: `gunicorn -c python:api.server.gunicorn`, or the same as `python -m api`."""

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
from api.server.body import CHUNK_BYTES
from api.services import EXTENSION
from api.settings import ApiSettings
from jobs.logs import configure, formatter
from shotlens.storage.files import Files

HOST = os.environ.get("SHOTLENS_HOST", "0.0.0.0")
PORT = os.environ.get("SHOTLENS_PORT", "5000")
SERVICE = "api"
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # as in malloc.h
MALLOC_THRESHOLD = 16_000_000  # bytes
UNLOGGED = ("/healthz", "/readyz", "/metrics", "/static/")


class ApiLogger(Logger):  # type: ignore[misc]
    """Logs in the format of all services; leaves out health checks, monitoring and static files."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        configure(SERVICE)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(formatter(SERVICE))

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Log one answered request, without its query and its headers."""
        path = environ.get("PATH_INFO", "")
        if not self.access_log_enabled or path.startswith(UNLOGGED):
            return
        fields = {
            "request": environ.get(ENVIRON),
            "client": environ.get("REMOTE_ADDR"),
            "method": environ.get("REQUEST_METHOD"),
            "path": path,
            "status": resp.status_code,
            "bytes": resp.sent,
            "seconds": round(request_time.total_seconds(), 3),
        }
        self.access_log.info("answered", extra=fields)


wsgi_app = "api.app:create_app()"
bind = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
worker_class = "gthread"
workers = 1
threads = 192  # a waiting client, an upload and an event stream hold one each; an idle one costs almost nothing
timeout = 60  # of the worker's main loop, which requests do not block: uploads and waits may take longer
graceful_timeout = 30
keepalive = 15
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # on a slow disk, a live worker could look dead
control_socket_disable = True
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
accesslog = "-"
logger_class = ApiLogger


def on_starting(server: Any) -> None:
    """Exit with a sentence instead of a traceback: wrong settings, no permission, port taken."""
    try:
        Files(ApiSettings().data).prepare()
    except ValidationError as error:
        first = error.errors()[0]
        _exit(f"the setting {first['loc'][0]} is wrong: {first['msg']}.")
    except PermissionError as error:
        _exit(f"there is no permission to write {error.filename}. Set SHOTLENS_DATA to a folder that can be written.")
    except OSError as error:
        _exit(f"the data folder {error.filename} cannot be used: {error.strerror}.")
    for address in server.cfg.address:
        if isinstance(address, tuple) and "GUNICORN_PID" not in os.environ:  # set when a new master takes over the port
            _check_port(address)


def post_worker_init(worker: Any) -> None:
    """Tell waiting requests when the worker stops, so that they answer; start delivering callbacks."""
    _keep_buffers()
    gc.freeze()  # what is loaded stays: scanning it for garbage again and again delayed all responses by 0.1 s
    SocketUnreader.max_body_chunk = CHUNK_BYTES  # it reads 1 MB of a chunked body, and copies what is left at each read
    worker.wsgi.config["STOPPING"] = lambda: not worker.alive
    services = worker.wsgi.extensions[EXTENSION]
    if services.webhook_hosts:
        Deliverer(services, services.settings.webhook_secret).start(lambda: worker.alive)


def _keep_buffers() -> None:
    """Let glibc keep the buffers of uploads for the next chunk.

    By default it returns each chunk of 256 KB to the system and gets it back page by page: a raw body of 1 GB took
    2.6 s instead of 1.0.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc has it
        libc.mallopt(M_MMAP_THRESHOLD, MALLOC_THRESHOLD)
        libc.mallopt(M_TRIM_THRESHOLD, MALLOC_THRESHOLD)


def _check_port(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            _exit(f"port {address[1]} at {address[0]} {reason}. Set SHOTLENS_PORT to another one.")


def _exit(sentence: str) -> NoReturn:
    print(f"Shotlens' API cannot start: {sentence}", file=sys.stderr)
    sys.exit(1)
