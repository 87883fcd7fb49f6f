import RecipeModel

/// What a text of stap, staprun or the runtime means. The texts are those of SystemTap 4.8: translate.cxx,
/// tapsets.cxx and staprun as the binaries hold them, and /usr/share/systemtap/runtime.
extension StapMessage.Kind {
    /// Classifies a message's text, `body` without its severity mark, `line` with it.
    init(of body: String, in line: String) {
        self =
            Self.limit(body) ?? Self.handlerError(body) ?? Self.loader(body) ?? Self.degradation(body)
            ?? Self.translator(body, line) ?? (line.hasPrefix("ERROR: ") ? .scriptError : .other)
    }

    private static func limit(_ text: String) -> Self? {
        if text.hasPrefix("MAXACTION exceeded") { return .limitHit(.macro(.MAXACTION)) }
        if text.hasPrefix("Array overflow, check ") { return .limitHit(.macro(.MAXMAPENTRIES)) }
        if text.hasPrefix("Skipped too many probes") { return .limitHit(.macro(.MAXSKIPPED)) }
        if text.hasPrefix("MAXNESTING exceeded") { return .nestingExceeded }
        if text.hasPrefix("probe overhead") && text.contains("exceeded threshold") { return .overload }
        if text.hasPrefix("There were "), text.contains(" transport failures"),
            let count = text.after("There were ")?.leadingNumber
        {
            let size = text.after("increase the buffer size from ")?.leadingNumber
            return .transportFailures(count, bufferMegabytes: size.flatMap { Int(exactly: $0) })
        }
        if text.hasPrefix("Number of errors: "),
            let errors = text.after("Number of errors: ")?.leadingNumber,
            let skipped = text.after("skipped probes: ")?.leadingNumber
        {
            return .errorCounts(errors: errors, skipped: skipped)
        }
        return skip(text)
    }

    private static func skip(_ text: String) -> Self? {
        guard text.hasPrefix("Skipped due to "), let colon = text.range(of: ": ", .backwards),
            let count = String(text[colon.upperBound...]).leadingNumber
        else { return nil }
        if let global = text.between("global '", "' lock timeout") {
            return .skipped(.lockTimeout(global: global), count: count)
        }
        if let probe = text.between("' on '", "'") ?? text.between(" on '", "'"), text.contains("missed k") {
            return .skipped(.missedKprobe(probe), count: count)
        }
        if text.contains("low stack") { return .skipped(.lowStack, count: count) }
        if text.contains("global busy") { return .skipped(.busy, count: count) }
        if text.contains("missed uretprobes") { return .skipped(.missedReturns, count: count) }
        if text.contains("reentrancy") { return .skipped(.reentrancy, count: count) }
        if text.contains("uprobe unregister") { return .skipped(.uprobeUnregistration, count: count) }
        if text.contains("uprobe register") { return .skipped(.uprobeRegistration, count: count) }
        return nil
    }

    /// What `c->last_error` may say; the runtime appends ` near STATEMENT`.
    private static func handlerError(_ text: String) -> Self? {
        let address = text.after(" at 0x").flatMap { ("0x" + $0).leadingNumber }
        if text.contains("read fault [man error::fault]") || text.hasPrefix("kernel read fault")
            || text.hasPrefix("read fault") || text.hasPrefix("user string copy fault")
            || text.hasPrefix("kernel string copy fault") || text.hasPrefix("user read fault")
            || text.hasPrefix("string copy fault") || text.hasPrefix("kernel long copy fault")
        {
            return .readFault(address: address)
        }
        if text.contains("write fault") || text.contains("store fault") {
            return .writeFault(address: address)
        }
        if text.hasPrefix("register access fault") { return .registerFault }
        if text.hasPrefix("division by 0") { return .divisionByZero }
        if text.hasPrefix("aggregation overflow") { return .aggregationOverflow }
        if text.hasPrefix("empty aggregate") { return .emptyAggregate }
        return nil
    }

    private static func loader(_ text: String) -> Self? {
        if text.hasPrefix("Couldn't insert module "), let colon = text.range(of: "': ", .backwards) {
            return .moduleRefused(.init(String(text[colon.upperBound...])))
        }
        if text.hasPrefix("Couldn't insert module ") { return .moduleRefused(.other(text)) }
        if text.contains("\"stapusr\"") || text.hasPrefix("You are trying to ")
            || text.contains("privilege credentials")
        {
            return .noPermission
        }
        if text.hasPrefix("module release mismatch") || text.hasPrefix("module version mismatch") {
            return .kernelMismatch
        }
        if text.hasPrefix("Couldn't remove module "), let name = text.between("module '", "'") {
            return .moduleInUse(name)
        }
        if text.hasPrefix("Cannot attach to module ") || text.contains("Failed to initialize control channel")
            || text.hasPrefix("Couldn't mount ")
        {
            return .controlChannelUnavailable
        }
        if text.hasPrefix("Child process exited with ") { return .childStatus }
        return nil
    }

    private static func degradation(_ text: String) -> Self? {
        if text.hasPrefix("Missing unwind data for ") {
            return .missingUnwindData(module: text.between("'stap -d ", "'") ?? "?")
        }
        if text.hasPrefix("Build-id mismatch"), let path = text.between("\"", "\"") {
            return .buildIDMismatch(file: path)
        }
        if text.contains("registration error") {
            let code = text.after("(rc ").flatMap { Int($0.prefix { $0 == "-" || $0.isNumber }) } ?? 0
            let words = text.split(separator: " ", maxSplits: 2).map(String.init)
            return .registrationFailed(probe: words.count > 1 ? words[1] : "", code: code)
        }
        if text.hasPrefix("u*probe failed "), let probe = text.between("'", "'") {
            let code = text.after(" rc ").flatMap { Int($0.prefix { $0 == "-" || $0.isNumber }) } ?? 0
            return .registrationFailed(probe: probe, code: code)
        }
        return nil
    }

    private static func translator(_ text: String, _ line: String) -> Self? {
        if text.contains("need stap -g") || text.contains("requires guru mode")
            || text.contains("unless -g is specified")
        {
            return .needsGuru
        }
        if line.hasPrefix("parse error: ") { return .parseError }
        if text.hasPrefix("Checking \""), let path = text.between("\"", "\"") {
            return .missingBuildTree(path: path)
        }
        if text.contains("debuginfo: ") || text.contains("[man warning::debuginfo]") {
            // Of `missing x86_64 kernel/module debuginfo … under '/lib/modules/…'` nobody knows which file.
            let file = text.contains("kernel/module debuginfo") ? nil : text.after("module ")
            return .missingDebugInfo(file: file.map { String($0.prefix { $0 != " " }) } ?? "")
        }
        if text.contains("symbol table missing") { return .missingKernelSymbols }
        guard line.hasPrefix("semantic error: ") else { return nil }
        let alternatives = list(text.between("(alternatives: ", ")"))
        if let name = text.between("unable to find local '", "'") {
            return .unknownVariable(name: "$" + name, alternatives: alternatives)
        }
        if let name = text.between("unable to find member '", "'") {
            let type = text.between("' for ", " (") ?? text.between("' for ", ":") ?? ""
            return .unknownMember(name: name, type: type, alternatives: alternatives)
        }
        if text.hasPrefix("no match") || text.hasPrefix("no target location") {
            return .unresolvedProbe(alternatives: list(text.between("(similar ", ")")?.after(": ")))
        }
        return .semanticError
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
            .filter { !$0.hasSuffix("...") && !$0.isEmpty }
    }
}

extension StapMessage.ModuleRefusal {
    /// From what staprun says behind the last colon: strerror(3)'s words in the C locale, or kmod's.
    init(_ words: String) {
        switch words {
        case "Required key not available", "Key was rejected by service", "Bad message": self = .notSigned
        case "Operation not permitted", "Permission denied": self = .notPermitted
        case "Invalid module format", "Exec format error": self = .invalidFormat
        case "Unknown symbol in module": self = .unknownSymbol
        case "File exists": self = .exists
        case "Function not implemented": self = .notSupported
        case "Cannot allocate memory": self = .noMemory
        default: self = .other(words)
        }
    }
}
