/// How a list stands on the command line: items between commas, `\,` for a comma in an item.
enum ListText {
    /// The items; of an empty text one, which is empty.
    static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var items: [[UInt8]] = [[]]
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\\"), offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: ",") {
                items[items.count - 1].append(UInt8(ascii: ","))
                offset += 1
            } else if byte == UInt8(ascii: ",") {
                items.append([])
            } else {
                items[items.count - 1].append(byte)
            }
            offset += 1
        }
        return items
    }
}
