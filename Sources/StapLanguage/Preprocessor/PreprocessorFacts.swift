/// What the preprocessor's conditions may ask about: stap(1), PREPROCESSING.
public struct PreprocessorFacts: Sendable, Equatable {
    /// The traced kernel's release, such as `6.1.0-56-amd64`: `kernel_vr`; without what follows the first
    /// dash it is `kernel_v`.
    public var kernelRelease: String
    /// The processor architecture as the kernel's build system calls it: `arch`.
    public var architecture: String
    /// SystemTap's compatibility version: `systemtap_v`.
    public var systemTapVersion: String
    /// Where the script runs: `kernel`, `dyninst` or `bpf`.
    public var runtime: String
    /// Whether stap runs with `-g`: `guru_mode`.
    public var guru: Bool
    /// `stapdev`, `stapsys` or `stapusr`: `systemtap_privilege`.
    public var privilege: String
    /// The kernel's build options; one that is not there counts as empty.
    public var configuration: [String: String] {
        get { deferredConfiguration.value }
        set { deferredConfiguration = Deferred(newValue) }
    }
    private var deferredConfiguration: Deferred<[String: String]>
    /// The script's arguments, `$1` and `@1` being the first.
    public var arguments: [String]

    /// Creates facts; what is left out is as on Debian 12.
    public init(
        kernelRelease: String = "6.1.0-56-amd64", architecture: String = "x86_64",
        systemTapVersion: String = "4.8", runtime: String = "kernel", guru: Bool = false,
        privilege: String = "stapdev", configuration: [String: String] = [:], arguments: [String] = []
    ) {
        self.kernelRelease = kernelRelease
        self.architecture = architecture
        self.systemTapVersion = systemTapVersion
        self.runtime = runtime
        self.guru = guru
        self.privilege = privilege
        self.deferredConfiguration = Deferred(configuration)
        self.arguments = arguments
    }

    /// Has the kernel's build options read when a condition first asks for one; few scripts do.
    ///
    /// - Parameter read: The text of the kernel's `.config`; nil where there is none.
    public mutating func readConfiguration(_ read: @escaping @Sendable () -> String?) {
        deferredConfiguration = Deferred { read().map(Self.options(ofConfiguration:)) ?? [:] }
    }

    /// The options of a kernel's `.config`, for `configuration`; a text keeps its quotes, as stap compares them.
    public static func options(ofConfiguration text: String) -> [String: String] {
        var options: [String: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("CONFIG_") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            options[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return options
    }

    /// `kernel_v`: the release without what follows its first dash.
    var kernelVersion: String {
        String(kernelRelease.prefix { $0 != "-" })
    }
}
