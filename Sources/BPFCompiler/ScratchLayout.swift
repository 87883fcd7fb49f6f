/// Where a handler keeps its values while it runs: in one element of an array map, since a BPF stack has 512 bytes.
///
/// The head is followed by integers, the record that is being written, and texts.
struct ScratchLayout: Sendable {
    /// 1 while a handler runs in it.
    static let busy = 0
    /// The site of the error that is being raised, plus 1; or 0.
    static let error = 8
    /// What the error is about.
    static let errorValue = 16
    /// Why a loop's body has ended: ``Flow``.
    static let flow = 24
    /// How many more actions may be taken.
    static let actions = 32
    /// Bytes in the record, without its head.
    static let recordLength = 40
    /// Room to put a number's digits into.
    static let digits = 48
    static let digitsSize = 72
    private static let integers = 120
    static let integersEnd = 4096

    /// Why a loop's body has ended.
    enum Flow: Int32 {
        case none = 0
        case exitLoop, leave, next, error
    }

    /// Bytes that a text may have: MAXSTRINGLEN without the zero.
    let textCapacity: Int
    /// The most bytes of a record, without its head.
    let recordCapacity: Int

    /// Where the record's head begins.
    var record: Int { Self.integersEnd }
    private var texts: Int { record + RecordLayout.headSize + recordCapacity }
    /// Bytes of a text: its length, its bytes, and room for 8 zeros behind them.
    var textSize: Int { 8 + (textCapacity + 7) / 8 * 8 + 8 }

    private var integerCount = 0
    private var textBytes = 0
    private(set) var hasRoom = true

    init(textCapacity: Int, recordCapacity: Int) {
        self.textCapacity = textCapacity
        self.recordCapacity = recordCapacity
    }

    /// A new place for an integer.
    mutating func integer() -> Int {
        let offset = Self.integers + integerCount * 8
        guard offset + 8 <= Self.integersEnd else {
            hasRoom = false
            return Self.integers
        }
        integerCount += 1
        return offset
    }

    /// A new place for a text.
    mutating func text() -> Int { block(textSize) }

    /// A new place for so many bytes.
    mutating func block(_ size: Int) -> Int {
        let offset = texts + textBytes
        textBytes += (size + 7) / 8 * 8
        if offset + size > 1 << 20 { hasRoom = false }
        return offset
    }

    /// Bytes of the whole.
    var size: Int { texts + textBytes }
}
