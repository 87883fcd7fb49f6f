import Glibc

/// libkmod's index of a release's modules: owns a context of the library.
///
/// The library is loaded when a script first names a module: it brings OpenSSL along, which takes longer to load than
/// all else that a check needs.
final class KmodIndex {
    /// What the index says of a name.
    enum Entry {
        case path(String)
        case builtIn
        case unknown
    }

    private let library: KmodLibrary
    private let context: OpaquePointer

    /// Opens the index in a folder such as `/lib/modules/6.1.0-56-amd64`; nil without the library.
    init?(folder: String) {
        guard let library = KmodLibrary(), let context = library.new(folder, nil) else { return nil }
        self.library = library
        self.context = context
    }

    deinit { _ = library.unref(context) }

    /// Looks for a module by its name or alias; `-` and `_` are the same.
    subscript(name: String) -> Entry {
        var list: OpaquePointer?
        guard library.lookup(context, name, &list) >= 0, let list else { return .unknown }
        defer { _ = library.unrefList(list) }
        guard let module = library.module(list) else { return .unknown }
        defer { _ = library.unrefModule(module) }
        if let path = library.path(module) { return .path(String(cString: path)) }
        return library.state(module) == KmodLibrary.builtIn ? .builtIn : .unknown
    }
}

/// The functions of libkmod (libkmod.h), found by dlopen(3); the library stays loaded.
private struct KmodLibrary {
    typealias New = @convention(c) (UnsafePointer<CChar>?, OpaquePointer?) -> OpaquePointer?
    typealias Lookup =
        @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, UnsafeMutablePointer<OpaquePointer?>?) -> Int32
    /// From one object to another, or to what is left of it.
    typealias Step = @convention(c) (OpaquePointer?) -> OpaquePointer?
    typealias Text = @convention(c) (OpaquePointer?) -> UnsafePointer<CChar>?
    typealias Code = @convention(c) (OpaquePointer?) -> Int32

    /// `KMOD_MODULE_BUILTIN`.
    static let builtIn: Int32 = 0

    let new: New
    let unref: Step
    let lookup: Lookup
    let module: Step
    let unrefModule: Step
    let unrefList: Code
    let path: Text
    let state: Code

    init?() {
        guard let library = dlopen("libkmod.so.2", RTLD_NOW | RTLD_LOCAL),
            let new = dlsym(library, "kmod_new"),
            let unref = dlsym(library, "kmod_unref"),
            let lookup = dlsym(library, "kmod_module_new_from_lookup"),
            let module = dlsym(library, "kmod_module_get_module"),
            let unrefModule = dlsym(library, "kmod_module_unref"),
            let unrefList = dlsym(library, "kmod_module_unref_list"),
            let path = dlsym(library, "kmod_module_get_path"),
            let state = dlsym(library, "kmod_module_get_initstate")
        else { return nil }
        self.new = unsafeBitCast(new, to: New.self)
        self.unref = unsafeBitCast(unref, to: Step.self)
        self.lookup = unsafeBitCast(lookup, to: Lookup.self)
        self.module = unsafeBitCast(module, to: Step.self)
        self.unrefModule = unsafeBitCast(unrefModule, to: Step.self)
        self.unrefList = unsafeBitCast(unrefList, to: Code.self)
        self.path = unsafeBitCast(path, to: Text.self)
        self.state = unsafeBitCast(state, to: Code.self)
    }
}
