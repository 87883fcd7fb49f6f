import Diagnostics
import Glibc
import Logging
import RecipeModel
import StapMessages
import Synchronization
import Templater
import Testing

@testable import Engine

/// A place of its own for one test: directories, fake tools, and a look at what a run left behind.
final class Sandbox: Sendable {
    let root: String
    let stap: String
    let staprun: String

    static let fixtures: String = {
        let file = #filePath
        return String(file[..<file.range(of: "/EngineTests/")!.lowerBound]) + "/Fixtures/Engine"
    }()

    init(stap: String = "ok", staprun: String = "hello") throws {
        var template = Array("/tmp/taprecipe-engine-test-XXXXXX".utf8CString)
        _ = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.root = root
        self.stap = root + "/stap"
        self.staprun = root + "/staprun"
        for name in ["state", "state/module", "tmp", "kernels", "kernels/6.1.0-test"] {
            mkdir(root + "/" + name, 0o700)
        }
        for (name, mode) in [("stap", stap), ("staprun", staprun)] {
            let script = """
                #!/bin/sh
                exec /usr/bin/python3 '\(Self.fixtures)/fake_\(name).py' '\(mode)' '\(root)/state' "$@"

                """
            try Files.write(Array(script.utf8), to: root + "/" + name, mode: 0o700)
        }
    }

    deinit { Files.removeTree(root) }

    var engine: StapEngine {
        StapEngine(
            tools: StapTools(
                stap: stap, staprun: staprun, tapset: root + "/tapset", kernelModules: root + "/kernels",
                loadedModules: root + "/state/module"))
    }

    /// The engine, with a logger.
    func engine(logger: Logger) -> StapEngine {
        var engine = engine
        engine.logger = logger
        return engine
    }

    var directories: EngineDirectories {
        EngineDirectories(
            cache: root + "/cache", state: root + "/memory", runtime: root + "/locks",
            temporary: root + "/tmp")
    }

    func request(
        _ text: String = "probe begin { }\n", limits: Limits = Limits(), timeout: Duration = .seconds(60),
        deadline: Duration? = nil, phases: [Phase: Duration] = [:]
    ) -> RunRequest {
        RunRequest(
            script: script(text, limits: limits), kernelRelease: "6.1.0-test",
            budget: Budget(timeout: timeout, deadline: deadline, phases: phases), directories: directories,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/root", "LD_PRELOAD": "/nowhere.so"])
    }

    /// Lets go of the process that `unkillable.py` holds.
    func killTracer() {
        let text = (try? Files.read(root + "/state/tracer")).map { String(decoding: $0, as: UTF8.self) }
        if let id = text.flatMap({ Int32($0) }), id > 0 { kill(id, SIGKILL) }
    }

    /// The lines that the fakes wrote about how they were called.
    var calls: [String] {
        let bytes = (try? Files.read(root + "/state/calls")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// What is left that should not be: temporary files, locks, modules, processes.
    var leftovers: [String] {
        var found = Files.list(root + "/tmp").map { "temporary file " + $0 }
        found += Files.list(root + "/locks").map { "lock " + $0 }
        found += Files.list(root + "/state/module").map { "module " + $0 }
        for process in Files.list("/proc") where Int32(process) != nil {
            // A zombie has no command line. A killed process may take a moment to become one.
            for attempt in 0..<50 {
                let bytes = procFile("/proc/\(process)/cmdline")
                let words = String(decoding: bytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
                guard words.contains(root) else { break }
                if attempt == 49 { found.append("process \(process) \(words)") }
                usleep(20000)
            }
        }
        return found
    }

    private func procFile(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        return Array(chunk.prefix(max(count, 0)))
    }
}

/// A script without a recipe.
func script(_ text: String, limits: Limits = Limits(), guru: Bool = false) -> Script {
    let source = SourceFile(name: "<expanded script>", text: text)
    return Script(
        recipe: "test-recipe", text: source, map: SourceMap(generated: source, segments: []), limits: limits,
        guru: guru, arguments: [:])
}

/// The events of a run, in their order.
final class Events: Sendable {
    private let list = Mutex<[RunEvent]>([])
    private let watchers = Mutex<[@Sendable (RunEvent) -> Void]>([])

    func add(_ event: RunEvent) {
        list.withLock { $0.append(event) }
        for watcher in watchers.withLock({ $0 }) { watcher(event) }
    }

    /// Has something done at each event.
    func watch(_ watcher: @escaping @Sendable (RunEvent) -> Void) { watchers.withLock { $0.append(watcher) } }

    var all: [RunEvent] { list.withLock { $0 } }

    var lines: [String] {
        all.compactMap {
            if case .line(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
        }
    }

    var commandLines: [String] {
        all.compactMap {
            if case .commandLine(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
        }
    }

    var phases: [Phase] { all.compactMap { if case .phase(let phase) = $0 { phase } else { nil } } }
}
