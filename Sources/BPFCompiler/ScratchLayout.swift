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
    /// The element's key.
    static let slot = 48
    /// Where in the text that was given to `tokenize` the part begins that has not been taken; -1 without any.
    static let unread = 56
    /// What the error is, for `catch`: ``HandlerCompiler/number(of:)``.
    static let errorKind = 64
    private static let works = 72
    private static let workCount = 24
    private static let integers = works + workCount * 8
    static let integersEnd = 4096

    /// A place for what is passed to shared functions and for what they remember between two bytes; nothing lasts there
    /// longer than one call.
    static func work(_ index: Int) -> Int {
        precondition(index < workCount)
        return works + index * 8
    }

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
    var textSize: Int { Self.textSize(capacity: textCapacity) }

    static func textSize(capacity: Int) -> Int { 8 + (capacity + 7) / 8 * 8 + 8 }

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
    ///
    /// The verifier cannot see that what is appended to a text ends within it: it has to find as
    /// much room behind the last one again. So it is with what is shorter than a text and passed like one.
    var size: Int { texts + textBytes + 2 * textSize }
}
