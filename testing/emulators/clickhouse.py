#!/usr/bin/env python3
"""ClickHouse's engine, which chdb has as a library, behind as much of its HTTP interface as its Java client uses.

Usage: clickhouse.py LIBRARY FOLDER [PORT]

LIBRARY is chdb's libchdb.so, FOLDER keeps the data. Prints "listening on PORT". One request is worked on at a time. What
ends its standard input ends it. GET /counts answers the numbers of requests and of inserted rows so far.

Not there: users and grants, replicas, requests at the same time, answers that are compressed or begin before they end.
"""

import ctypes
import json
import os
import re
import signal
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

# Parameters of a request that are no settings.
OWN = {
    "query", "database", "default_format", "session_id", "session_timeout", "session_check", "query_id", "user",
    "password", "role", "compress", "decompress", "buffer_size", "wait_end_of_query", "enable_http_compression",
    "quota_key", "stacktrace", "close_session", "client_protocol_version",
}


class Engine:
    def __init__(self, library, folder):
        lib = self.lib = ctypes.CDLL(library)
        lib.chdb_connect.restype = ctypes.POINTER(ctypes.c_void_p)
        lib.chdb_connect.argtypes = [ctypes.c_int, ctypes.POINTER(ctypes.c_char_p)]
        lib.chdb_query_n.restype = ctypes.c_void_p
        lib.chdb_query_n.argtypes = [
            ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]
        for name, result in (("buffer", ctypes.c_void_p), ("length", ctypes.c_size_t), ("error", ctypes.c_char_p),
                             ("rows_written", ctypes.c_uint64)):
            function = getattr(lib, "chdb_result_" + name)
            function.restype = result
            function.argtypes = [ctypes.c_void_p]
        lib.chdb_destroy_query_result.argtypes = [ctypes.c_void_p]
        arguments = [b"clickhouse", b"--path=" + os.fsencode(folder)]
        self.connection = lib.chdb_connect(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments))
        if not self.connection:
            raise SystemExit("The engine does not start")
        self.folder = folder
        self.lock = threading.Lock()
        self.requests = 0
        self.rows = 0

    def one(self, sql, form=b"Null"):
        result = self.lib.chdb_query_n(self.connection.contents, sql, len(sql), form, len(form))
        try:
            error = self.lib.chdb_result_error(result)
            length = self.lib.chdb_result_length(result)
            data = ctypes.string_at(self.lib.chdb_result_buffer(result), length) if length else b""
            return error, data, self.lib.chdb_result_rows_written(result)
        finally:
            self.lib.chdb_destroy_query_result(result)

    def run(self, sql, form, database, settings):
        """A statement under settings of its own."""
        with self.lock:
            self.requests += 1
            done = []
            try:
                if database:
                    error, _, _ = self.one(b"USE " + quoted(database))
                    if error:
                        return error, b"", 0
                for name, value in settings:
                    error, _, _ = self.one(f"SET {name} = '{value}'".replace("\\", "\\\\").encode())
                    if error:
                        return error, b"", 0
                    done.append(name)
                error, data, rows = self.one(sql, form)
                self.rows += 0 if error else rows
                return error, data, rows
            finally:
                for name in done:
                    self.one(f"SET {name} = DEFAULT".encode())


def quoted(name):
    return ("`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`").encode()


def lz4_block(data, size):
    out = bytearray()
    at = 0
    while at < len(data):
        token = data[at]
        at += 1
        literals = token >> 4
        if literals == 15:
            while True:
                more = data[at]
                at += 1
                literals += more
                if more != 255:
                    break
        out += data[at:at + literals]
        at += literals
        if at >= len(data):
            break
        back = data[at] | data[at + 1] << 8
        at += 2
        length = token & 15
        if length == 15:
            while True:
                more = data[at]
                at += 1
                length += more
                if more != 255:
                    break
        length += 4
        start = len(out) - back
        if back >= length:
            out += out[start:start + length]
        else:
            part = bytes(out[start:])
            out += (part * (length // back + 1))[:length]
    if len(out) != size:
        raise ValueError("a compressed block has another size than it says")
    return bytes(out)


def decompressed(body):
    """ClickHouse's frames: a checksum of 16 bytes, 0x82, both sizes, and an LZ4 block."""
    out = []
    at = 0
    while at < len(body):
        if body[at + 16] != 0x82:
            raise ValueError("a compressed block is not LZ4")
        packed = int.from_bytes(body[at + 17:at + 21], "little")
        size = int.from_bytes(body[at + 21:at + 25], "little")
        out.append(lz4_block(body[at + 25:at + 16 + packed], size))
        at += 16 + packed
    return b"".join(out)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Or each answer waits 40 ms for the acknowledgement of its head.
    disable_nagle_algorithm = True
    engine = None

    def log_message(self, *arguments):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            parts.append(self.rfile.read(size))
            self.rfile.readline()
            if size == 0:
                return b"".join(parts)

    def answer(self, status, data, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header("X-ClickHouse-" + name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/counts":
            self.answer(200, json.dumps({"requests": self.engine.requests, "rows": self.engine.rows}).encode())
        elif path == "/ping":
            self.answer(200, b"Ok.\n")
        else:
            self.do_POST()

    def do_POST(self):
        pairs = parse_qsl(urlsplit(self.path).query, keep_blank_values=True)
        parameters = dict(pairs)
        body = self.body()
        if parameters.get("decompress") == "1" and body:
            body = decompressed(body)
        query = parameters.get("query", "").encode()
        rows = None
        if query and body:
            # The library looks for the end of what follows a statement, and rows may hold anything.
            rows = tempfile.NamedTemporaryFile(dir=self.engine.folder, prefix="rows-")
            rows.write(body)
            rows.flush()
            sql = re.sub(rb"\sFORMAT\s+(\w+)\s*$",
                         lambda found: b" FROM INFILE '" + rows.name.encode() + b"' COMPRESSION 'none' FORMAT " + found[1],
                         query)
        else:
            sql = query or body
        form = parameters.get("default_format") or self.headers.get("X-ClickHouse-Format") or "TabSeparated"
        settings = [(name, value.replace("'", "\\'")) for name, value in pairs
                    if name not in OWN and not name.startswith("param_")]
        try:
            error, data, written = self.engine.run(sql, form.encode(), parameters.get("database"), settings)
        finally:
            if rows:
                rows.close()
        if error:
            text = error.decode(errors="replace")
            code = re.search(r"Code: (\d+)", text)
            self.answer(404 if code and code[1] == "60" else 500, error + b"\n",
                        Exception_Code=code[1] if code else "1000")
        else:
            summary = json.dumps({"read_rows": "0", "read_bytes": "0", "written_rows": str(written),
                                  "written_bytes": "0", "total_rows_to_read": "0", "result_rows": str(written)})
            self.answer(200, data, Format=form, Timezone="UTC", Server_Display_Name="chdb", Summary=summary)


class Front(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        # A client that is gone is none of ours to report.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, address)


def main():
    # Who has started it ends it; Ctrl-C in a shared terminal is not meant for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    library, folder = sys.argv[1:3]
    port = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    Handler.engine = Engine(library, folder)
    server = Front(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("listening on", server.server_address[1], flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
