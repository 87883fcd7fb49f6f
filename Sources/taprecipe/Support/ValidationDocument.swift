import Diagnostics
import RecipeModel
import Resolver

/// The results of `validate` in a form for programs: `docs/operators.md` says what is promised of it.
struct ValidationDocument: Encodable {
    /// An address that is probed.
    struct Point: Encodable {
        var binary: String
        /// The module of the kernel that the file is; else not there.
        var kernelModule: String?
        var function: String
        /// `call`, `return` or `inlined`.
        var kind: String
        /// In the file's own address space, as `0x…`.
        var address: String
        var sourceFile: String?
        var line: Int?

        init(_ point: ResolvedPoint) {
            binary = point.binary
            kernelModule = point.kernelModule
            function = point.function
            kind = point.kind.rawValue
            address = "0x" + String(point.address, radix: 16)
            sourceFile = point.sourceFile
            line = point.line
        }
    }

    /// A step of a runbook.
    struct Step: Encodable {
        var name: String
        var recipe: String
    }

    /// A recipe, runbook or script.
    struct Item: Encodable {
        var name: String
        /// `recipe`, `runbook` or `script`.
        var kind: String
        var file: String?
        /// `fits`, `sound` or `does-not-fit`.
        var verdict: String
        var diagnostics: [DiagnosticDocument]
        var points: [Point]
        /// A runbook's steps.
        var steps: [Step]?
        /// The probe points that only an engine can judge, as the script writes them.
        var unchecked: [String]
        /// The required parameters that were not given.
        var missingParameters: [String]

        init(_ validation: Validation) {
            name = validation.name
            kind = validation.kind.rawValue
            file = validation.file
            verdict = validation.verdict.rawValue
            diagnostics = validation.complaints.flatMap { complaint in
                complaint.diagnostics.map { DiagnosticDocument($0, map: complaint.map) }
            }
            points = validation.scripts.flatMap(\.points).map(Point.init)
            steps =
                validation.kind == .runbook
                ? validation.steps.map { Step(name: $0.name, recipe: $0.recipe.name) } : nil
            unchecked = validation.scripts.flatMap(\.unchecked).map(\.text)
            missingParameters = validation.missing.map(\.name)
        }
    }

    /// In the order of the command line.
    var checked: [Item]

    init(_ validations: [Validation]) { checked = validations.map(Item.init) }
}
