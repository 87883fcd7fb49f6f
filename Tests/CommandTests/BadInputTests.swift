import Foundation
import Testing

/// Each mistake gets one clear error and the documented exit code; nothing is left behind.
@Suite struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var status: Int32
        var message: String
        var output = ""

        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case(arguments: ["run", "nginx-5x"], status: 2, message: "did you mean 'nginx-5xx'?"),
        Case(arguments: ["run"], status: 2, message: "found no recipe"),
        Case(arguments: ["frobnicate"], status: 2, message: "frobnicate"),
        Case(
            arguments: ["run", "nginx-5xx", "--binry", "/bin/true"], status: 2,
            message: "did you mean '--binary'?"),
        Case(
            arguments: ["validate", "nginx-5xx", "--binary", "/nonexistent/nginx"], status: 3,
            message: "/nonexistent/nginx", output: "nginx-5xx: does not fit\n"),
        Case(
            arguments: ["validate", "nginx-5xx", "--binary", "/bin/true"], status: 3, message: "/bin/true",
            output: "nginx-5xx: does not fit\n"),
        Case(
            arguments: ["validate", "nginx-5xx", "--binary", "/dev/zero"], status: 3, message: "/dev/zero",
            output: "nginx-5xx: does not fit\n"),
        Case(
            arguments: ["validate", "/dev/zero"], status: 3, message: "/dev/zero",
            output: "/dev/zero: does not fit\n"),
        Case(
            arguments: ["run", "nginx-5xx", "--binary", "/bin/true", "--min-status", "9"], status: 2,
            message: "expected 400 to 599"),
        Case(
            arguments: ["run", "nginx-5xx", "--binary", "/bin/true", "--limit", "MAXACTOIN=1"], status: 2,
            message: "did you mean 'MAXACTION'?"),
        Case(
            arguments: ["run", "nginx-5xx", "--binary", "/bin/true", "--fail-if", "requst"], status: 2,
            message: "did you mean 'request'?"),
        Case(
            arguments: ["validate", "nginx-5xx", "-o", "x.json"], status: 2,
            message: "error: unknown option '-o'\n  note: recipes and scripts come first"),
        Case(
            arguments: ["validate", "-o", "x.json", "nginx-5xx"], status: 2,
            message: "error: unknown option '-o'\n"),
        Case(
            arguments: ["validate", "nginx-5xx", "--output", "x.json"], status: 2,
            message: "error: unknown option '--output'\n"),
        Case(
            arguments: ["run", "nginx-5xx", "on-cpu", "-x"], status: 2,
            message: "error: unknown option '-x'\n"),
        Case(
            arguments: ["expand", "nginx-5xx", "-o", "x.stp"], status: 2,
            message: "error: unknown option '-o'\n"),
        Case(arguments: ["run", "fork-trace-c"], status: 2, message: "--allow-guru"),
        Case(
            arguments: ["report", "/nonexistent", "--recipe", "nginx-5xx"], status: 1,
            message: "/nonexistent"),
    ]

    @Test(arguments: cases)
    func aMistakeEndsWithItsExitCodeAndSaysWhatIsWrong(_ mistake: Case) throws {
        let result = try Tool().run(mistake.arguments)
        #expect(result.status == mistake.status, "\(result.errors)")
        #expect(result.errors.contains(mistake.message), "\(result.errors)")
        #expect(result.output == mistake.output)
    }

    @Test func aFIFOAsBinaryDoesNotHang() throws {
        let path = NSTemporaryDirectory() + "fifo-\(UUID())"
        #expect(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        let result = try Tool().run(["validate", "nginx-5xx", "--binary", path], limit: 10)
        #expect(result.status == 3)
    }

    @Test func aClosedStandardOutputIsAFailure() throws {
        let result = try Tool(shell: "exec \"$@\" >&-").run(["list"])
        #expect(result.status == 1)
        #expect(result.errors.contains("cannot write to standard output"))
    }

    @Test func aFullDiskIsAFailureAndNothingIsLeft() throws {
        let result = try Tool(shell: "exec \"$@\" >/dev/full").run(["list"])
        #expect(result.status == 1)
        #expect(result.errors.contains("No space left on device"))
    }
}
