import Foundation
import TestSupport
import Testing

/// The recipes for nginx, held against what its access log says.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct NginxRecipeTests {
    private let ground: Ground
    private let nginx: String
    private let port = 20000 + Int.random(in: 0..<20000)

    init() throws {
        ground = try Ground()
        let caches = try FileManager.default.contentsOfDirectory(atPath: Tool.root + "/.cache")
        nginx = try #require(
            caches.map { "\(Tool.root)/.cache/\($0)/nginx" }.first {
                FileManager.default.isExecutableFile(atPath: $0)
            }, "make setup builds nginx with debug information")
    }

    /// Runs a recipe on an nginx of this configuration while `meanwhile` is done, in a shell in which `ask PATH` asks
    /// the first server and `$nginx` is the master's process.
    private func run(_ recipe: [String], http: String, meanwhile: String) throws -> SummaryJSON {
        let folder = ground.folder
        try ground.place(
            "nginx.conf",
            """
            daemon off; worker_processes 1; pid \(folder)/nginx.pid; error_log \(folder)/error.log;
            events {}
            http {
                log_format attempts '$upstream_addr|$upstream_status';
                access_log off;
                client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi; uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
                \(http)
            }
            """)
        let shell = """
            '\(nginx)' -p '\(folder)' -c '\(folder)/nginx.conf' 2>/dev/null & nginx=$!
            ask() { curl -s -o /dev/null "http://127.0.0.1:\(port)$1"; }
            for i in $(seq 100); do ask /ready && break; sleep 0.05; done
            "$@" 2>log & run=$!
            \(Tool.waitForTrace)
            \(meanwhile)
            kill -INT $run
            wait $run
            status=$?
            kill $nginx
            exit $status
            """
        let result = try Tool(directory: folder, shell: shell).run(
            ["run"] + recipe + ["--binary", nginx, "--verbose", "--format", "json", "--timeout", "30s"])
        return try SummaryJSON(result)
    }

    /// Of two servers one refuses connections and one answers 404: each request meets one or both.
    @Test func everyAttemptAtAnUpstreamIsCounted() throws {
        defer { ground.remove() }
        let (refusing, failing) = ("127.0.0.1:1", "127.0.0.1:\(port + 1)")
        let summary = try run(
            ["nginx-upstreams"],
            http: """
                upstream either { server \(refusing) max_fails=0; server \(failing) max_fails=0; }
                server { listen \(failing); root /nowhere; }
                server {
                    listen 127.0.0.1:\(port);
                    location /ready { empty_gif; }
                    location / {
                        access_log \(ground.folder)/attempts attempts;
                        proxy_pass http://either;
                        proxy_next_upstream error http_404;
                    }
                    location /alone { access_log \(ground.folder)/attempts attempts; proxy_pass http://\(failing); }
                }
                """, meanwhile: "for i in 1 2 3 4 5; do ask /x; done; ask /alone; ask /alone")
        var truth: [String: Int] = [:]
        for line in try ground.read("attempts").split(separator: "\n") {
            let fields = line.split(separator: "|").map { $0.components(separatedBy: ", ") }
            // What nginx answers itself where nobody did is no server's status.
            for (server, status) in zip(fields[0], fields[1]) {
                truth["\(server) \(server == refusing ? "0" : status)", default: 0] += 1
            }
        }
        #expect(truth.values.reduce(0, +) > 7, "nginx went on to the next server: \(truth)")
        let rows = summary.rows("Servers").map { ("\($0[0]) \($0[1])", $0[2] as? Int) }
        #expect(Dictionary(uniqueKeysWithValues: rows) == truth)
    }

    /// A request that it had half read is not open when it is gone.
    @Test func aWorkerThatIsKilledHasNothingInHand() throws {
        defer { ground.remove() }
        let summary = try run(
            ["nginx-in-flight", "--interval", "100ms"],
            http: "server { listen 127.0.0.1:\(port); location / { empty_gif; } }",
            meanwhile: """
                trap 'kill -9 $halves' EXIT
                half() { python3 -c '
                import socket, sys, time
                s = socket.create_connection(("127.0.0.1", \(port)))
                s.sendall(b"GET /half HTTP/1.1\\r\\n")
                time.sleep(60)' & halves="$halves $!"; }
                half; sleep 1
                old=$(cat /proc/$nginx/task/$nginx/children)
                kill -9 $old; sleep 1
                half; sleep 1
                echo $old >workers; cat /proc/$nginx/task/$nginx/children >>workers
                """)
        let workers = try ground.read("workers").split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(workers.count == 2 && workers[0] != workers[1])
        #expect(summary.rows("Still open").map { "\($0[1])" } == [workers[1]])
        let samples = summary.rows("In flight").map { ("\($0[0])", $0[1] as? Int ?? 0) }
        #expect(Set(samples.map(\.0)) == Set(workers))
        // Each lived with a request for about a second, of which the first is not sampled later.
        #expect(samples.allSatisfy { $0.1 < 25 }, "\(samples)")
    }

    /// The workers of a reload run the same file, and are traced as those before.
    @Test func newWorkersOfAReloadedNginxAreTracedToo() throws {
        defer { ground.remove() }
        try ground.place(
            "workers.yaml",
            """
            name: workers
            summary: which workers answer
            parameters:
              binary: {type: executable, required: true}
            script: |
              probe process("{{binary}}").begin { printf("begun %d\\n", pid()) }
              probe process("{{binary}}").function("ngx_http_finalize_request").call {
                  if ($rc == 502) printf("answer %d\\n", pid())
              }
            records:
              begun: {line: "begun {pid:integer}"}
              answer: {line: "answer {pid:integer}"}
            summary-tables:
              - {title: Begun, of: begun, group-by: [pid], columns: [count, pid]}
              - {title: Answers, of: answer, group-by: [pid], columns: [count, pid]}
            """)
        let summary = try run(
            [ground.folder + "/workers.yaml"],
            http: "server { listen 127.0.0.1:\(port); location / { proxy_pass http://127.0.0.1:1; } }",
            meanwhile: """
                ask; ask
                old=$(cat /proc/$nginx/task/$nginx/children)
                kill -HUP $nginx
                for i in $(seq 100); do
                    now=$(cat /proc/$nginx/task/$nginx/children)
                    case "$now" in *"$old"*|"") sleep 0.05;; *) break;; esac
                done
                ask; ask; ask
                echo "$old/$now" | tr -d ' ' >workers
                """)
        let workers = try ground.read("workers").trimmingCharacters(in: .newlines).split(separator: "/")
            .map(String.init)
        try #require(workers.count == 2 && workers[0] != workers[1], "\(workers)")
        #expect(
            Set(summary.rows("Answers").map { "\($0[0]) \($0[1])" }) == [
                "2 \(workers[0])", "3 \(workers[1])",
            ])
        // The master, the worker that was there, and the new one, each once.
        let begun = summary.rows("Begun").map { "\($0[0]) \($0[1])" }
        #expect(begun.count == 3 && begun.contains("1 \(workers[0])") && begun.contains("1 \(workers[1])"))
    }
}
