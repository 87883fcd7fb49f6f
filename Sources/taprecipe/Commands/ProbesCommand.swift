import ArgumentParser
import Diagnostics
import Resolver

/// `taprecipe probes 'process("nginx").function("ngx_http_*")'`: what probe points stand for.
struct ProbesCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "probes",
        abstract: "List the probe points that a pattern stands for, as 'stap -l' does.",
        discussion: """
              taprecipe probes 'process("nginx").function("ngx_http_*")'
              taprecipe probes --vars 'process("/usr/bin/sed").statement("*@execute.c:*")'
              taprecipe probes 'kernel.trace("sched:*"), syscall.open*'
              taprecipe probes --types 'process("nginx").function("ngx_http_finalize_request")'
            """)

    @OptionGroup var print: PrintOptions

    @Flag(help: "Also the target variables that can be read there, as 'stap -L' does.")
    var vars = false

    @Flag(help: "Also how each variable's type lies in memory.")
    var types = false

    @Option(help: ArgumentHelp("List for the program of this process.", valueName: "pid"))
    var pid: Int32?

    @Option(
        name: .customLong("kernel"),
        help: ArgumentHelp("List for this kernel; the running one by default.", valueName: "release"))
    var kernelRelease: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Argument(help: "Probe points, as they stand between 'probe' and '{'.")
    var points: String

    func run(with reader: DebugReader) throws {
        let question = ListingQuestion(
            points: points,
            tapset: .init(
                folder: InstalledTapset.folder, kernelRelease: kernelRelease ?? Surroundings.kernelRelease,
                isGuru: false),
            withVariables: vars, withTypes: types, isJSON: format == .json,
            place: LookupPlace(target: try pid.map(TargetProcess.executable)))
        reader.isAskedOnce = true
        try print.console.write(try reader.list(question))
    }
}
