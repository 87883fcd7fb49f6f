import Foundation
import Testing

/// Runs that would cost their machine too much.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
final class GuardRunTests {
    private let built: BuiltProgram
    private var program: String { built.path }
    private var folder: String { built.folder }

    init() throws { built = try BuiltProgram("hot") }

    private var words: [String] {
        [
            "run", "function-calls", "--binary", program, "--function", "hot", "--engine", "bpf", "--timeout",
            "60s",
        ]
    }

    @Test func probesThatCostTheTargetTooMuchAreTakenAway() throws {
        let result = try Tool().run(
            words + ["--max-overhead", "1%", "--format", "json", "--", program], limit: 120)
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let end = (json?["run"] as? [String: Any])?["end"] as? [String: Any]
        #expect(end?["kind"] as? String == "guard", "\(result)")
        let detail = try #require(end?["detail"] as? String)
        #expect(detail.hasPrefix("--max-overhead 1%: the probes took about "), "\(detail)")
        #expect(json?["grade"] as? String == "degraded" && result.status == 0)
    }

    @Test func aMachineThatIsBusyIsLeftAlone() throws {
        let result = try Tool().run(words + ["--max-load", "0.001", "--", program])
        #expect(result.status == 1, "\(result)")
        let words = "error: not begun because of --max-load 0.001: the load was "
        #expect(result.errors.hasPrefix(words), "\(result)")
    }

    @Test func aFileThatHasNoRoomIsRefusedBeforeTheRun() throws {
        let mounted = #"d=$1; shift; mkdir "$d" && mount -t tmpfs -o size=1m none "$d" && exec "$@""#
        let result = try Tool(shell: "exec unshare -m sh -c '\(mounted)' sh '\(folder)/small' \"$@\"").run(
            words + ["--raw", folder + "/small/raw", "--", program])
        #expect(result.status == 1, "\(result)")
        #expect(
            result.errors.hasSuffix(
                """
                MiB are free in '\(folder)/small', but the output for '--raw' may take 64 MiB
                  note: give another place, or less with '--max-output'

                """), "\(result)")
    }

    @Test func whatIsNoBoundIsRefused() throws {
        for (options, words) in [
            (
                ["--max-load", "much"],
                "error: found '--max-load much', expected a number above 0 such as 4.5\n"
            ),
            (["--max-overhead", "2"], "error: found '--max-overhead 2', expected a percentage such as 2%\n"),
            (
                ["--max-overhead", "2%", "--engine", "stap"],
                "error: found 'max-overhead' with the engine 'stap', but SystemTap does not tell what probes cost\n"
            ),
        ] {
            let result = try Tool().run(
                ["run", "function-calls", "--binary", program, "--function", "hot"] + options)
            #expect(result.status == 2 && result.errors.hasPrefix(words), "\(result)")
        }
    }
}
