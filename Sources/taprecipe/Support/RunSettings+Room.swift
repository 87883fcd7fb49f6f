extension RunSettings {
    /// What is looked at before a run by these settings. (The doctor looks at the folders that stap compiles in.)
    var roomCheck: RoomCheck {
        func place(_ path: String, _ needed: UInt64, _ purpose: String, _ remedy: String) -> RoomCheck.Place {
            .init(
                folder: OutputFile(path: Surroundings.absolute(path)).folder, needed: needed,
                purpose: purpose,
                remedy: remedy)
        }
        var check = RoomCheck(guards: guards)
        if let raw {
            check.places.append(
                place(
                    raw, UInt64(maximumOutput ?? 64 << 20), "the output for '--raw'",
                    "give another place, or less with '--max-output'"))
        }
        if let summaryFile {
            check.places.append(place(summaryFile, 1 << 20, "the summary", "give another place"))
        }
        return check
    }
}
