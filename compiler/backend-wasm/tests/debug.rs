//! Debug sections, as wasmtime's backtraces and a decoder of source maps see them.

use backend_wasm::{EmitOptions, Emitted, emit};
use lir::parse_module;
use syntax::SourceMap;
use wasmtime::{Config, Engine, Instance, Module, Store, WasmBacktrace, WasmBacktraceDetails};

const SOURCE: &str = "fn main() {\n    check(1)\n}\nfn check(n) {\n    assert n > 2\n}\n";

/// The program with the spans of `SOURCE`, which starts at position 1.
fn text() -> String {
    let at = |word: &str| {
        let lo = SOURCE.find(word).expect("the word occurs") + 1;
        format!("!{lo}:{}", lo + word.len())
    };
    format!(
        "export \"main\" @main
        func @main() {} {{
        entry:
          %one = i32.const 1 {}
          call @check(%one) {}
          return
        }}
        func @check(%n: i32) {} {{
        entry:
          %two = i32.const 2
          %c = i32.gt_s %n, %two {}
          br_if %c, ok, bad
        ok: return
        bad: call @fail() {}
          unreachable
        }}
        func @fail() {{
        entry: unreachable {}
        }}\n",
        at("fn main"),
        at("1)"),
        at("check(1)"),
        at("fn check"),
        at("n > 2"),
        at("assert"),
        at("assert n"),
    )
}

fn emitted() -> Emitted {
    let module = parse_module(&text()).unwrap_or_else(|error| panic!("{error}"));
    let mut sources = SourceMap::default();
    sources.add("src/main.gal".into(), SOURCE.into(), false).expect("it is small");
    let opts = EmitOptions {
        names: true,
        dwarf: true,
        unit_name: "main.gal".into(),
        source_map_url: Some("main.wasm.map".into()),
        positions: Some(&sources),
        ..EmitOptions::release()
    };
    let emitted = emit(&module, &opts).expect("no limit is exceeded");
    wasmparser::validate(&emitted.wasm).expect("a valid module");
    emitted
}

#[test]
fn backtrace_shows_files_and_lines() {
    let mut config = Config::new();
    config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
    let engine = Engine::new(&config).unwrap();
    let module = Module::new(&engine, emitted().wasm).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let main = instance.get_typed_func::<(), ()>(&mut store, "main").unwrap();
    let error = main.call(&mut store, ()).unwrap_err();
    let backtrace = error.downcast_ref::<WasmBacktrace>().expect("a trap has a backtrace");
    let lines: Vec<String> = backtrace
        .frames()
        .iter()
        .map(|frame| {
            let symbol = frame.symbols().first().expect("every frame has a symbol");
            let place = (symbol.file().unwrap(), symbol.line().unwrap(), symbol.column().unwrap());
            format!("{} {} {place:?}", frame.func_name().unwrap(), symbol.name().unwrap())
        })
        .collect();
    assert_eq!(
        lines,
        [
            "fail fail (\"src/main.gal\", 5, 5)",
            "check check (\"src/main.gal\", 5, 5)",
            "main main (\"src/main.gal\", 2, 5)",
        ]
    );
}

/// Segments of a source map: column, source, line, column, all absolute.
fn segments(map: &str) -> Vec<[i64; 4]> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let start = map.find("\"mappings\":\"").expect("there are mappings") + 12;
    let mappings = &map[start..start + map[start..].find('"').unwrap()];
    let mut last = [0; 4];
    let mut segments = Vec::new();
    for segment in mappings.split(',') {
        let (mut field, mut shift, mut n) = (0, 0, 0u64);
        for c in segment.chars() {
            let digit = DIGITS.find(c).expect("a digit") as u64;
            n |= (digit & 31) << shift;
            shift += 5;
            if digit & 32 == 0 {
                last[field] += if n & 1 == 1 { -((n >> 1) as i64) } else { (n >> 1) as i64 };
                (field, shift, n) = (field + 1, 0, 0);
            }
        }
        assert_eq!(field, 4);
        segments.push(last);
    }
    segments
}

#[test]
fn source_map_points_at_instructions() {
    let Emitted { wasm, source_map, .. } = emitted();
    let map = source_map.expect("it was asked for");
    assert!(map.starts_with("{\"version\":3,\"sources\":[\"src/main.gal\"],"), "{map}");
    const CALL: u8 = 0x10;
    // The side that traps is the one inside the `if`.
    const I32_LE_S: u8 = 0x4c;
    let segments = segments(&map);
    let instruction_at = |line: i64, column: i64| {
        let found =
            segments.iter().find(|it| it[2..] == [line - 1, column - 1]).expect("the place is mapped");
        wasm[found[0] as usize]
    };
    assert_eq!(instruction_at(2, 5), CALL);
    assert_eq!(instruction_at(5, 5), CALL);
    assert_eq!(instruction_at(5, 12), I32_LE_S);
    assert!(segments.is_sorted_by_key(|segment| segment[0]));
    let url = b"\x10sourceMappingURL\x0dmain.wasm.map";
    assert!(wasm.windows(url.len()).any(|window| window == url));
}

#[test]
fn release_has_no_custom_sections() {
    let module = parse_module(&text()).unwrap_or_else(|error| panic!("{error}"));
    let wasm = emit(&module, &EmitOptions::release()).expect("no limit is exceeded").wasm;
    for payload in wasmparser::Parser::new(0).parse_all(&wasm) {
        assert!(!matches!(payload.expect("a valid module"), wasmparser::Payload::CustomSection(_)));
    }
}
