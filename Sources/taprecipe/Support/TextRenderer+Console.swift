import Report

extension TextRenderer {
    /// The renderer for a console; a file has no terminal's width or colours, so it gets a wider page.
    init(for console: Console, isFile: Bool = false) {
        self.init(
            width: isFile ? max(console.width, 120) : console.width,
            isColored: console.colorsOutput && !isFile, isUnicode: console.isUTF8)
    }
}
