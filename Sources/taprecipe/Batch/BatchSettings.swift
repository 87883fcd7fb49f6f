import RecipeModel

/// What the command line says of all steps of a runbook.
struct BatchSettings {
    /// Values of variables, as `NAME=VALUE`.
    var variables: [String] = []
    /// How many steps may run at a time; nil: as the runbook says.
    var jobs: Int?
    /// How long all may take together; nil: as the runbook says.
    var budget: Duration?
    /// Limits over all others.
    var limits = Limits()
    var allowsGuru = false
    var allowsReturnProbes = false
    /// What no step may do to the machine, over what the runbook says.
    var guards = RunGuards()
    /// Which engine runs the steps that leave it open.
    var engine = EngineChoice.auto
    /// What keeps the steps' runs in the run store.
    var keeper: RunKeeper?
}
