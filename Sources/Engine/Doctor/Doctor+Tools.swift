extension Doctor {
    // MARK: The build tree and tools

    static func build(_ facts: MachineFacts) -> [Finding] {
        let build = facts.build
        let system = facts.distribution
        var findings: [Finding] = []
        switch build.presence {
        case .missing, .dangling:
            findings.append(Finding(.noBuildTree(build, system), .blocking, stops: .compile))
        case .unreadable: findings.append(Finding(.hidden(what: build.tree, area: .build), .warning))
        case .present:
            if !build.missingFiles.isEmpty {
                findings.append(Finding(.buildTreeIncomplete(build, system), .blocking, stops: .compile))
            } else if case .known(let found) = build.treeRelease, found != build.release {
                findings.append(
                    Finding(
                        .buildTreeOfOtherRelease(build, system, found: found), .blocking, stops: .compile))
            } else if build.treeRelease.isUnreadable {
                findings.append(
                    Finding(
                        .hidden(what: build.tree + "/include/generated/utsrelease.h", area: .build), .warning)
                )
            } else {
                findings.append(Finding(.buildTree(release: build.release), .ok))
            }
        }
        if let compiler = build.compiler {
            if let wanted = build.wantedCompiler, let found = compiler.version,
                let wantedSeries = BuildFacts.compilerSeries(wanted),
                let foundSeries = BuildFacts.compilerSeries(found), wantedSeries != foundSeries
            {
                findings.append(
                    Finding(.otherCompiler(wanted: wanted, found: found, system), .warning))
            } else {
                findings.append(
                    Finding(.compiler(path: compiler.path, version: compiler.version), .ok))
            }
        } else {
            findings.append(
                Finding(.noCompiler(wanted: build.wantedCompiler, system), .blocking, stops: .compile))
        }
        if !build.hasMake { findings.append(Finding(.noMake(system), .blocking, stops: .compile)) }
        let needy = facts.recipes.filter(\.needsKernelDebugInfo).map(\.name)
        if !needy.isEmpty, build.kernelDebugInfo == nil {
            findings.append(
                Finding(
                    .noKernelDebugInfo(release: build.release, recipes: needy, system), .blocking,
                    stops: .compile))
        }
        return findings
    }

    // MARK: SystemTap

    static func stap(_ facts: MachineFacts) -> [Finding] {
        let stap = facts.stap
        let system = facts.distribution
        let release = facts.build.release
        var findings: [Finding] = []
        if let path = stap.path {
            if let version = stap.version {
                if version.isTooOld {
                    findings.append(
                        Finding(
                            .stapTooOld(version: version.number, system), .blocking, stops: .compile))
                } else {
                    findings.append(Finding(.stap(version: version.number), .ok))
                }
                if let newest = version.newestTestedKernel, version.isUntested(with: release) {
                    findings.append(
                        Finding(
                            .stapUntested(version: version.number, newest: newest, release: release),
                            .warning))
                }
                findings += runtime(stap, version: version.number, release: release)
            } else {
                findings.append(Finding(.stapVersionUnknown(path: path), .warning))
            }
        } else {
            findings.append(Finding(.noStap(system), .blocking, stops: .compile))
        }
        if let staprun = stap.staprun {
            let permissions = stap.staprunPermissions.value
            if let permissions, permissions & 0o4000 == 0, !facts.user.isRoot {
                findings.append(
                    Finding(.staprunNotSetUserID(path: staprun), .blocking, stops: .load))
            }
        } else {
            findings.append(Finding(.noStaprun(system), .blocking, stops: .load))
        }
        return findings
    }

    /// How the runtime fits the headers: a misfit that a corrected copy mends is worth a word, no more.
    private static func runtime(_ stap: StapFacts, version: String, release: String) -> [Finding] {
        switch stap.troubles {
        case .absent: return []
        case .unreadable:
            return [Finding(.hidden(what: "the kernel's headers for \(release)", area: .stap), .warning)]
        case .known(let troubles):
            if troubles.isEmpty { return [Finding(.runtimeFits(release: release), .ok)] }
            let broken = troubles.subtracting(stap.patched)
            if broken.isEmpty {
                return [
                    Finding(
                        .runtimeCorrected(troubles.sorted(), version: version, release: release), .warning)
                ]
            }
            return [
                Finding(
                    .runtimeBroken(broken.sorted(), version: version, release: release), .blocking,
                    stops: .compile)
            ]
        }
    }
}
