import ArgumentParser
import Diagnostics
import Engine

extension Console {
    /// Says what an error is; the exit code that it leads to is returned.
    @discardableResult func report(_ error: any Error) -> ExitStatus {
        switch error {
        case let error as Exit:
            return error.status
        case let error as UsageError:
            report(error.diagnostics)
            return .usage
        case let error as MappedError:
            report(error.diagnostics, map: error.map)
            return .checkFailed
        case let error as DiagnosticsError:
            report(error.diagnostics)
            return .checkFailed
        case let error as RunbookError:
            for complaint in error.complaints { report(complaint.diagnostics, map: complaint.map) }
            return .checkFailed
        case let error as NoEngine:
            error.show(on: self)
            return .noEngine
        case let error as NoEngines:
            for failure in error.failures { failure.show(on: self) }
            return .noEngine
        case let error as EngineError:
            report(error.diagnostics(in: nil))
            return error.status
        case let error as CommandFailure:
            report([error.diagnostic])
            return .failure
        case let error as SystemFailure:
            report([error.diagnostic])
            return .failure
        default:
            // swift-argument-parser's own: `--help` and `--version` are clean exits, the rest is usage.
            let text = Taprecipe.fullMessage(for: error) + "\n"
            guard Taprecipe.exitCode(for: error) != .success else {
                return (try? write(text)) == nil ? .failure : .success
            }
            complain(Self.inHouseStyle(text))
            return .usage
        }
    }

    /// swift-argument-parser's message as ours are: lower case at its start, and safe to show.
    private static func inHouseStyle(_ message: String) -> String {
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0).visible
        }
        let text = lines.joined(separator: "\n")
        guard text.hasPrefix("Error: ") else { return text }
        let words = text.dropFirst("Error: ".count)
        return "error: \(words.prefix(1).lowercased())\(words.dropFirst())"
    }
}
