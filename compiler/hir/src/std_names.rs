//! What the modules of `std` export, for messages: a module that nobody uses is not loaded, so its names cannot be
//! looked up. A test holds this against the library.

/// Names by module, apart from those that mean little without it.
pub const STD_NAMES: &[(&str, &[&str])] = &[
    ("bytes", &["Bytes", "Reader"]),
    ("collections", &["BinaryHeap", "Deque"]),
    ("env", &["args", "program", "vars", "exit"]),
    ("fs", &["File", "IoError", "read_to_string", "write_bytes", "create_dir", "remove_dir"]),
    ("io", &["read_line", "read_all", "lines", "Writer"]),
    ("json", &["Json", "JsonError"]),
    (
        "simd",
        &[
            "Simd", "Mask", "F32x4", "F64x2", "I8x16", "I16x8", "I32x4", "I64x2", "U8x16", "U16x8", "U32x4",
            "U64x2",
        ],
    ),
    (
        "math",
        &[
            "PI", "TAU", "abs", "acos", "asin", "atan", "atan2", "cbrt", "ceil", "cos", "exp", "floor",
            "hypot", "lerp", "ln", "log10", "log2", "pow", "round", "sin", "sin_cos", "sqrt", "tan", "trunc",
        ],
    ),
    ("random", &["Random"]),
    ("supervisor", &["Watcher", "Supervisor", "Supervised", "Intensity", "ActorId", "monitor"]),
    ("test", &["assert_close", "assert_contains", "assert_err", "assert_none", "assert_ok", "assert_some"]),
    ("time", &["Instant", "SystemTime", "sleep"]),
];

/// Whether it is a module of the library, which may not be loaded.
pub(crate) fn is_module(parent: &str, name: &str) -> bool {
    parent == "std" && STD_NAMES.iter().any(|m| m.0 == name)
}

/// How to bring in a name, or a module of that name.
pub(crate) fn import_of(name: &str) -> Option<String> {
    if STD_NAMES.iter().any(|m| m.0 == name) {
        return Some(format!("use std.{name}"));
    }
    let module = STD_NAMES.iter().find(|m| m.1.contains(&name))?.0;
    Some(format!("use std.{module}.{name}"))
}
