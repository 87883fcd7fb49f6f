import DebugInfo
import Resolver

/// Probe points as `probes` shows them.
struct ProbesText {
    private let listings: [PointListing]
    private let withTypes: Bool

    init(_ listings: [PointListing], withTypes: Bool) {
        self.listings = listings
        self.withTypes = withTypes
    }

    /// A line a point, `stap -L`'s; with types, a block a variable behind it.
    var text: String {
        var text = ""
        for listing in listings {
            text += listing.text
            for local in listing.locals { text += " \(local.name):\(local.type)" }
            guard withTypes else {
                for variable in listing.variables { text += " $\(variable.name):\(variable.type)" }
                text += "\n"
                continue
            }
            text += "\n"
            for variable in listing.variables {
                text += "  $\(variable.name): \(variable.type)\n"
                for line in variable.layout?.lines ?? [] { text += "    \(line)\n" }
            }
        }
        return text
    }

    /// An array of objects: point, addresses, an alias's own variables, and the target's with their types and, if asked
    /// for, layouts.
    func json() throws -> String { try JSONText.encode(listings.map(Point.init)) }

    /// A point in a form for programs: `docs/operators.md` says what is promised of it.
    struct Point: Codable {
        var point: String
        var addresses: [String]
        var locals: [Local]
        var variables: [Variable]
        /// A function's own parameters that cannot be read there.
        var unreadable: [String]

        init(_ listing: PointListing) {
            point = listing.text
            addresses = listing.addresses.map { "0x\(String($0, radix: 16))" }
            locals = listing.locals.map { Local(name: $0.name, type: $0.type) }
            variables = listing.variables.map(Variable.init)
            unreadable = listing.unreadable
        }
    }

    struct Local: Codable {
        var name: String
        var type: String
    }

    struct Variable: Codable {
        var name: String
        var type: String
        var layout: Layout?

        init(_ variable: PointListing.Variable) {
            name = variable.name
            type = variable.type
            layout = variable.layout.map(Layout.init)
        }
    }

    struct Layout: Codable {
        var type: String
        var size: UInt64?
        var fields: [Field]
        var constants: [Constant]

        init(_ layout: TypeLayout) {
            type = layout.type
            size = layout.size
            fields = layout.fields.map {
                Field(
                    name: $0.name, type: $0.type, offset: $0.offset, size: $0.size, firstBit: $0.bits?.offset,
                    bits: $0.bits?.width, depth: $0.depth)
            }
            constants = layout.constants.map { Constant(name: $0.name, value: $0.value) }
        }
    }

    struct Field: Codable {
        var name: String
        var type: String
        var offset: UInt64
        var size: UInt64?
        var firstBit: UInt64?
        var bits: UInt64?
        var depth: Int
    }

    struct Constant: Codable {
        var name: String
        var value: Int64
    }
}
