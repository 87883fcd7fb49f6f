import Diagnostics
import Resolver
import StapLanguage

/// `$x$`, `$$vars` and their kin: the `sprintf` that stap makes of them.
extension ScopeLowering {
    func text(_ pieces: [TextPiece], _ target: TargetExpression, at range: SourceRange) -> Term {
        if case .guarded(let inner)? = pieces.first, pieces.count == 1 {
            return guarded(inner, target, at: range)
        }
        var format = PrintFormat()
        var arguments: [Term] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): format.pieces.append(.text(Array(text.utf8)))
            case .value(let load, let conversion):
                let value = value(load, target, at: range)
                format.pieces.append(.conversion(conversion.conversion))
                arguments.append(conversion == .string ? quoted(value, load, at: range) : value)
            case .guarded(let inner):
                format.pieces.append(.conversion(.init(.string)))
                arguments.append(guarded(inner, target, at: range))
            }
        }
        return Term(.format(format, arguments), .text, at: range)
    }

    private func guarded(_ pieces: [TextPiece], _ target: TargetExpression, at range: SourceRange) -> Term {
        let whole = text(pieces, target, at: range)
        return Term(
            .attempt(whole, otherwise: Term(.text(Array("ERROR".utf8)), .text, at: range)), .text, at: range)
    }

    /// `user_string_quoted` as the tapset defines it.
    private func quoted(_ pointer: Term, _ load: TypedLoad, at range: SourceRange) -> Term {
        let string = Term(.intrinsic(.userString, [pointer]), .text, at: range)
        let address = PrintFormat([.text(Array("0x".utf8)), .conversion(.init(.hexadecimal))])
        return Term(
            .attempt(
                Term(.intrinsic(.stringQuoted, [string]), .text, at: range),
                otherwise: Term(.format(address, [pointer]), .text, at: range)), .text, at: range)
    }
}

extension TextPiece {
    /// Whether a variable of the function is in it, which a return probe keeps from the function's entry.
    var showsVariable: Bool {
        switch self {
        case .literal: false
        case .value(let load, _): if case .location = load.start { true } else { false }
        case .guarded(let pieces): pieces.contains(where: \.showsVariable)
        }
    }
}

extension TextPiece.Conversion {
    /// The conversion of `printf`.
    fileprivate var conversion: PrintFormat.Conversion {
        switch self {
        case .signed: return .init(.signed)
        case .unsigned: return .init(.unsigned)
        case .pointer: return .init(.pointer)
        case .string: return .init(.string)
        case .hexadecimal, .character:
            var conversion = PrintFormat.Conversion(self == .character ? .character : .hexadecimal)
            conversion.isAlternate = true
            return conversion
        }
    }
}
