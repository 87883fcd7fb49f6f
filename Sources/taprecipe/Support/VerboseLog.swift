import ArgumentParser
import Logging

/// `--verbose`: what the engine does and why, on standard error.
struct VerboseOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Say on standard error what is started, found and decided.")
    var verbose = false

    /// The engine's logger; its lines go to `say`.
    func logger(_ say: @escaping @Sendable (String) -> Void) -> Logger {
        let isOn = verbose
        return Logger(label: "taprecipe") { _ -> any LogHandler in
            if isOn { return DebugLogHandler(say: say) }
            return SwiftLogNoOpLogHandler()
        }
    }
}

/// Writes each entry as one line: `debug: starting words=[/usr/bin/stap, -p4]`.
private struct DebugLogHandler: LogHandler {
    let say: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }
        let words = values.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.text($0.value))" }
        // A command line may hold anything.
        let line = Console.safe(Array(([event.message.description] + words).joined(separator: " ").utf8))
        say("debug: \(line)\n")
    }

    /// Words that a person can paste into a shell.
    private static func text(_ value: Logger.MetadataValue) -> String {
        guard case .array(let words) = value else { return "\(value)" }
        return "["
            + words.map { word in
                let text = "\(word)"
                let isPlain =
                    !text.isEmpty
                    && text.utf8.allSatisfy {
                        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
                            || "/._-=+:,@%".utf8.contains($0)
                    }
                return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
            }.joined(separator: " ") + "]"
    }
}
