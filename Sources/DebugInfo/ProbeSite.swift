import CElfutils
import Glibc

/// One address that a probe point stands for, with what is visible there.
public struct ProbeSite {
    /// What is at the address.
    public enum Kind: String, Sendable {
        /// A function's entry, or its prologue's end.
        case function
        /// Where the code of an inlined instance starts.
        case inlined
        /// A function that only the symbol table knows; nothing is known of its variables.
        case symbol
        /// The start of a line's code.
        case statement
        /// A label of the source.
        case label
    }

    /// What is at the address.
    public let kind: Kind
    /// The function's name, with the scopes that the pattern named.
    public let name: String
    /// Where the probe goes, in the file's own address space (relocated by the load address in a PIE).
    public let address: UInt64
    /// The function's or instance's first instruction.
    public let entry: UInt64
    /// The source file that declares the function, as DWARF names it.
    public let sourceFile: String?
    /// The line that declares it; of a statement or label, its own.
    public let line: Int?
    /// The label, where the probe point asks for one.
    public var label: String?
    /// Where `.callee` was found: the caller, written as `description` writes a function.
    public var caller: String?
    /// Where the variables of a return probe are read, if not where the probe goes.
    public internal(set) var saving: SavingPlace?
    /// Whether stap reads the variables at the function's entry, where they are not in their places yet: see ``Prologue``.
    public internal(set) var isMissedByStap = false
    /// The line that `.nearest` started from.
    public var requestedLine: Int?

    let dwarf: DWARF?
    let scope: Scope

    /// The function, where DWARF knows it.
    public var function: Function? {
        guard let dwarf, let unit = scope.unit else { return nil }
        let die = scope.chain.first {
            [DW_TAG_subprogram, DW_TAG_inlined_subroutine].contains($0.tag)
        }
        return die.map { Function(dwarf: dwarf, die: $0, unitDIE: unit) }
    }

    /// `name@file:line` as `stap -l` prints it; the name alone without DWARF.
    public var description: String {
        if kind == .symbol { return name }
        return Self.spelling(name, sourceFile, requestedLine ?? line)
    }

    /// `name@file:line`, as far as they are known.
    static func spelling(_ name: String, _ file: String?, _ line: Int?) -> String {
        let place = "\(name)@\(file ?? "<unknown source>")"
        return line.map { $0 > 0 ? "\(place):\($0)" : place } ?? place
    }

    /// The type that `$return` has; nil for void and where it is unknown.
    public var returnType: DWARFType? { function?.returnType }

    /// Where the variables are read.
    public var variablesAddress: UInt64 { saving?.address ?? address }

    /// The parameters and local variables that are visible at this address, the innermost block's first.
    ///
    /// With what is known of each; at a function's entry no block has begun. Those of functions around a local
    /// class are among them.
    public var variables: [Variable] {
        guard let dwarf else { return [] }
        return scope.chain.dropLast().flatMap { scope in
            scope.children.compactMap {
                Variable(dwarf: dwarf, die: $0, pc: variablesAddress, isGlobal: false)
            }
        }
    }

    /// The parameters and variables of the innermost block at this address, in their order: those of `$$vars`.
    public var innermostVariables: [Variable] {
        guard let dwarf, scope.chain.count > 1, let innermost = scope.chain.first else { return [] }
        return innermost.children.compactMap {
            Variable(dwarf: dwarf, die: $0, pc: variablesAddress, isGlobal: false)
        }
    }

    /// What `$name` means here: a variable of the innermost scope that has one, at last the source file's
    /// variables and enumeration constants.
    public func variable(named name: String) -> Variable? {
        guard let dwarf else { return nil }
        for (depth, die) in scope.chain.enumerated() {
            let isGlobal = depth == scope.chain.count - 1
            if let found = dwarf.variable(named: name, in: die, pc: variablesAddress, isGlobal: isGlobal) {
                guard case .elsewhere = found.availability, let later = addressBehindFentry else {
                    return found
                }
                let behind = Variable(dwarf: dwarf, die: found.die, pc: later, isGlobal: isGlobal)
                if case .available? = behind?.availability { return behind }
                if case .constant? = behind?.availability { return behind }
                return found
            }
        }
        for die in scope.chain {
            if let found = dwarf.enumerator(named: name, in: die) { return found }
        }
        return nil
    }

    /// The names that `$…` could mean, the function's own first, then the source file's variables.
    public var variableNames: [String] {
        var names: [String] = []
        var known: Set<String> = []
        for die in scope.chain {
            for child in die.children where Variable.isVariable(child) {
                if let name = child.name, known.insert(name).inserted { names.append(name) }
            }
        }
        return names
    }
}

/// Which of a function's places a probe point asks for: what follows `.function("…")`.
public enum ProbeVariant: String, Sendable {
    /// No suffix: the function and every inlined instance.
    case any
    /// `.call`: not the inlined instances.
    case call
    /// `.inline`: only the inlined instances.
    case inline
    /// `.return`: the entry, from which the return is caught.
    case `return`
    /// `.exported`: only functions that other binaries can link to.
    case exported
}
