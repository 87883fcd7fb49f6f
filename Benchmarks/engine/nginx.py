"""nginx-5xx under nginx's full load, beside an empty probe of the same function."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from harness import ROOT, bpftrace, counted, fail, judged, median, taprecipe, wait_for

SECONDS = 1
# Before whatever else the machine does; among each other they share its processors as they would.
FIRST = ("chrt", "-r", "10")

CONFIGURATION = """
daemon on;
worker_processes 1;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log emerg;
events { }
http {
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path FOLDER/body;
    proxy_temp_path FOLDER/proxy;
    fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi;
    scgi_temp_path FOLDER/scgi;
    server {
        listen 127.0.0.1:FRONT;
        location / { empty_gif; }
        # An upstream that refuses: nginx makes a 502.
        location /down { proxy_pass http://127.0.0.1:CLOSED; }
    }
}
"""

# Every hundredth request is one that nginx answers with 502.
REQUESTS = """
local number = 0
function request()
    number = number + 1
    return wrk.format("GET", number % 100 == 0 and "/down/cart" or "/stock")
end
"""


def free_ports(count):
    """Ports that nothing listens on, below those that the kernel gives to outgoing connections."""
    sockets = []
    for port in range(15000 + os.getpid() % 10000, 30000):
        try:
            one = socket.socket()
            one.bind(("127.0.0.1", port))
            sockets.append(one)
        except OSError:
            continue
        if len(sockets) == count:
            ports = [one.getsockname()[1] for one in sockets]
            for one in sockets:
                one.close()
            return ports
    return fail("no free port")


class Server:
    """An nginx of its own file, so that its probes are its own."""

    def __init__(self, bench, name, program, front, closed):
        self.folder = bench.path(name)
        os.mkdir(self.folder)
        os.chmod(self.folder, 0o777)
        self.program = os.path.join(self.folder, "nginx")
        shutil.copy(program, self.program)
        self.address = f"http://127.0.0.1:{front}/"
        configuration = os.path.join(self.folder, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION.replace("FOLDER", self.folder).replace("FRONT", str(front))
                       .replace("CLOSED", str(closed)))
        subprocess.run([*FIRST, self.program, "-c", configuration, "-e", os.path.join(self.folder, "error.log")], check=True)

    def requests(self, script):
        """Requests a second, and how many were answered with 5xx."""
        output = subprocess.run(
            [*FIRST, "wrk", "-t", "1", "-c", "32", "-d", f"{SECONDS}s", "-s", script, self.address],
            stdout=subprocess.PIPE, check=True).stdout.decode()
        rate = re.search(r"Requests/sec:\s*([\d.]+)", output)
        errors = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
        if not rate or not errors:
            fail(f"wrk said: {output}")
        return float(rate.group(1)), int(errors.group(1))

    def stop(self):
        path = os.path.join(self.folder, "nginx.pid")
        with open(path) as file:
            os.kill(int(file.read()), signal.SIGTERM)
        wait_for(lambda: not os.path.exists(path), "nginx did not end")


def measure(bench):
    if not shutil.which("wrk"):
        fail("wrk is not installed; run 'make setup'")
    nginx = subprocess.run([os.path.join(ROOT, "Scripts", "nginx.sh")], stdout=subprocess.PIPE,
                           check=True).stdout.decode().strip()
    script = bench.path("requests.lua")
    with open(script, "w") as file:
        file.write(REQUESTS)
    servers = []
    tracers = []
    try:
        closed, *fronts = free_ports(4)
        for name, front in zip(("bare", "ours", "theirs"), fronts):
            servers.append(Server(bench, name, nginx, front, closed))
        bare, ours, theirs = servers
        recipe = os.path.join(ROOT, "recipes", "nginx-5xx.yaml")
        mine = taprecipe(bench, recipe, "--binary", ours.program, "--timeout", "10m", "--format", "json",
                         prefix=FIRST)
        other = bpftrace(bench, f"uprobe:{theirs.program}:ngx_http_finalize_request {{ }}", prefix=FIRST)
        tracers = [mine, other]
        # bpftrace says that it is ready before its probes are placed.
        time.sleep(2)
        rates = []
        errors = 0
        for number in range(bench.rounds + 1):
            row = []
            for server in servers:
                rate, failed = server.requests(script)
                row.append(rate)
                errors += failed if server is ours else 0
            if number:
                rates.append(row)
        tracers = []
        output, spent = mine.finish()
        other.finish()
    finally:
        for server in servers:
            server.stop()
        for tracer in tracers:
            tracer.child.kill()
    summary = json.loads(output)
    count = counted(summary)
    plain, with_recipe, with_probe = (median(column) for column in zip(*rates))
    cost = median(1 - row[1] / row[2] for row in rates)
    print(f"nginx-5xx under full load, 1 % of requests answered with 502\n"
          f"  requests a second: {plain:.0f} bare, {with_probe:.0f} with an empty probe of bpftrace's, "
          f"{with_recipe:.0f} with nginx-5xx\n"
          f"  {count} of {errors} errors in the summary, {spent * 1e6 / max(errors, 1):.0f} µs of processor time each")
    judged(f"{cost * 100:.1f} % of the requests with an empty probe", "5 %", cost < 0.05)
