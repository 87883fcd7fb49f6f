extension Doctor {
    // MARK: The user

    static func user(_ facts: MachineFacts) -> [Finding] {
        let user = facts.user
        var findings: [Finding] = []
        if user.isInUserNamespace {
            findings.append(userNamespace)
        } else if !user.mayLoadModules {
            findings.append(
                Finding(.noModuleCapability(container: facts.container), .blocking, stops: .load))
        } else if let container = facts.container {
            findings.append(Finding(.container(container), .warning, engines: [.bpf, .stap]))
        }
        if user.isRoot {
            findings.append(Finding(.root, .ok, engines: [.bpf, .stap]))
        } else {
            // staprun(8): stapdev may do what root may, but only stapusr may execute staprun.
            let missing = ["stapdev", "stapusr"].filter { !user.groups.contains($0) }
            findings.append(
                missing.isEmpty
                    ? Finding(.stapGroups, .ok)
                    : Finding(.notRoot(missingGroups: missing), .blocking, stops: .load))
        }
        return findings
    }

    /// Root of a user namespace: no engine's rights are its to give.
    static let userNamespace = Finding(.userNamespace, .blocking, stops: .load, engines: [.bpf, .stap])

    // MARK: Space, locks and left-overs

    static func machine(_ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        for folder in facts.resources.folders where folder.available < comfortableSpace {
            findings.append(
                Finding(
                    .lowSpace(path: folder.path, available: folder.available),
                    folder.available < neededSpace && !folder.isSpare ? .blocking : .warning, stops: .compile)
            )
        }
        if let memory = facts.resources.availableMemory, memory < comfortableMemory {
            findings.append(Finding(.lowMemory(available: memory), .warning))
        }
        return findings + runs(facts)
    }

    /// Runs that go on, and what runs that died left behind.
    private static func runs(_ facts: MachineFacts) -> [Finding] {
        if facts.locks.isUnreadable {
            return [Finding(.hidden(what: "the locks of root's runs", area: .machine), .warning)]
        }
        let locks = facts.locks.value ?? []
        var findings: [Finding] = []
        for lock in locks {
            let seconds = lock.since.map { since in
                let (elapsed, overflows) = facts.now.subtractingReportingOverflow(since)
                return overflows ? 0 : max(elapsed, 0)
            }
            // A lock is a module's, and each script, each set of a recipe's parameters too, has a module of its own: whether
            // this run is another's, its own lock decides.
            findings.append(Finding(.lockHeld(lock, seconds: seconds), .warning, stops: .load))
        }
        for module in facts.modules
        where module.useCount == 0 && !locks.contains(where: { $0.module == module.name }) {
            findings.append(Finding(.leftOverModule(module.name), .warning))
        }
        return findings
    }

    // MARK: The program and the recipe

    static func target(_ target: TargetFacts, _ facts: MachineFacts) -> [Finding] {
        let system = facts.distribution
        let users = facts.recipes.filter { $0.executables.contains { $0.path == target.path } }
        // A program that only recipes without need for DWARF name may lack it.
        let needsDebugInfo = users.isEmpty || users.contains(where: \.needsDebugInfo)
        let severity: Finding.Severity = needsDebugInfo ? .blocking : .warning
        var findings: [Finding] = []
        switch target.debugInfo {
        case .embedded:
            findings.append(
                Finding(.debugInfo(path: target.path, separate: nil), .ok, engines: [.bpf, .stap]))
        case .separate(let path):
            findings.append(
                Finding(.debugInfo(path: target.path, separate: path), .ok, engines: [.bpf, .stap]))
        case .missing:
            findings.append(
                Finding(.noDebugInfo(target, system), severity, stops: .compile, engines: [.bpf, .stap]))
        case .mismatch(let path, let expected, let found):
            findings.append(
                Finding(
                    .debugInfoMismatch(target, system, separate: path, expected: expected, found: found),
                    severity, stops: .compile, engines: [.bpf, .stap]))
        case .notELF:
            findings.append(
                Finding(.notELF(path: target.path), .blocking, stops: .run, engines: [.bpf, .stap]))
        case .noSuchFile:
            if let pid = target.pid, !target.isReplaced {
                findings.append(
                    Finding(.noSuchProcess(pid: pid), .blocking, stops: .run, engines: [.bpf, .stap]))
            } else if !target.isReplaced, users.isEmpty {
                findings.append(
                    Finding(.noSuchTarget(path: target.path), .blocking, stops: .run, engines: [.bpf, .stap]))
            }
        case .unreadable:
            findings.append(
                Finding(.hidden(what: target.path, area: .target), .warning, engines: [.bpf, .stap]))
        case .unknown: break
        }
        if target.isNarrow {
            findings.append(
                Finding(.narrowTarget(path: target.path), .blocking, stops: .run, engines: [.bpf]))
        }
        if let pid = target.pid, target.isReplaced {
            findings.append(
                Finding(
                    .replacedTarget(path: target.path, pid: pid), .blocking, stops: .load,
                    engines: [.bpf, .stap]))
        }
        return findings
    }

    static func recipe(_ recipe: RecipeFacts, _ facts: MachineFacts) -> [Finding] {
        var findings: [Finding] = []
        if let reason = recipe.distrust {
            findings.append(
                Finding(
                    .distrusted(recipe: recipe.name, reason: reason, mend: recipe.distrustMend), .blocking,
                    stops: .run))
        }
        if recipe.needsGuru, !recipe.isGuruAllowed {
            findings.append(
                Finding(.guruNotAllowed(recipe: recipe.name), .blocking, stops: .run, engines: [.bpf, .stap]))
        }
        if !recipe.unsupported.isEmpty {
            findings.append(
                Finding(
                    .unsupportedScript(recipe: recipe.name, reasons: recipe.unsupported), .blocking,
                    stops: .run,
                    engines: [.bpf]))
        }
        for executable in recipe.executables {
            let target = facts.targets.first { $0.path == executable.path }
            guard target?.debugInfo == .noSuchFile else { continue }
            findings.append(
                Finding(
                    .missingExecutable(
                        recipe: recipe.name, parameter: executable.parameter, path: executable.path),
                    .blocking, stops: .run, engines: [.bpf, .stap]))
        }
        return findings
    }
}
