/// Where a return probe saves what its handler reads of the call, where that is not the function's first instruction.
public struct SavingPlace: Sendable, Hashable, Codable {
    /// The end of the function's prologue, in the file's own address space.
    public var address: UInt64
    /// How the call's canonical frame address is told there: from a function's first instruction until it has returned,
    /// that is the same for a call.
    public var frame: Location
}

extension ProbeSite {
    /// The same site with its variables read elsewhere: at the end of the function's prologue, where a probe of the call
    /// would be, as stap does.
    ///
    /// Nothing changes without unwind tables: there nobody could tell of which call the values are.
    func readingVariables(at place: UInt64) -> ProbeSite {
        guard place != address, let frame = dwarf?.callFrames?.canonicalFrameAddress(at: place) else {
            return self
        }
        var site = self
        site.saving = SavingPlace(address: place, frame: Location(operations: frame))
        return site
    }
}
