#!/usr/bin/env python3
"""A debuginfod server that does what real ones do on a bad day; the argument says what. Prints its port."""
import http.server
import sys
import time

mode = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if mode == "hang":
            time.sleep(600)
        elif mode == "missing":
            self.send_error(404)
        elif mode == "broken":
            self.send_error(500)
        elif mode == "junk":
            self.send(b"<html>please log in</html>", 26)
        elif mode == "junk-elf":
            self.send(b"\x7fELF" + b"\xa5" * 4096, 4100)
        elif mode == "drop":
            self.send(b"\x7fELF", 1 << 20)
        elif mode == "endless":
            self.send(b"", 8 << 30)
            while True:
                self.wfile.write(b"\0" * 65536)
        elif mode == "slow":
            self.send(b"\x7fELF", 1 << 20)
            time.sleep(600)

    def send(self, body, length):
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
try:
    server.serve_forever()
except BrokenPipeError:
    pass
