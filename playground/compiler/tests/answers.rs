//! What the worker answers, natively: each request with a program that is right, and with one that is wrong.

use playground_compiler::{Asks, Compiler, Outcome};
use playground_model::document::File;
use playground_model::protocol::{Answer, CompileOptions, Query, Request, Stage};

const ACTORS: &str = "\
actor Counter {
    state count: Int = 0
    on Add(n: Int) { count += n }
    on Get -> Int { count }
}

fn main() {
    let counter = spawn Counter()
    send(counter, Add(2))
    println(\"{ask(counter, Get)}\")
}
";

const WRONG: &str = "fn main() {\n    println(nmae)\n}\n";

fn answer(request: Request) -> (Answer, Vec<u8>) {
    answer_with(&mut Asks::default(), request)
}

/// As the worker does it, with both modules.
fn answer_with(asks: &mut Asks, request: Request) -> (Answer, Vec<u8>) {
    match playground_compiler::answer(request, asks) {
        (Outcome::Answer(answer), bytes) => (answer, bytes),
        (Outcome::Rest(rest), bytes) => playground_extra::finish(rest, &bytes),
    }
}

fn files(text: &str) -> Vec<File> {
    vec![File { name: "main.gal".into(), text: text.into() }]
}

#[test]
fn checking_tells_places_and_the_text_of_the_command_line() {
    let (Answer::Checked { problems }, _) = answer(Request::Check { files: files(WRONG) }) else {
        panic!("another answer")
    };
    assert_eq!(problems.summary, "1 error");
    let problem = &problems.list[0];
    let place = problem.place.as_ref().expect("it has a place");
    assert_eq!((place.file.as_str(), place.line, place.column), ("main.gal", 2, 13));
    assert_eq!(&WRONG[place.from..place.to], "nmae");
    assert!(
        problem
            .rendered
            .starts_with(&format!("error[{}]: {}\n --> main.gal:2:13\n", problem.code, problem.message))
    );
    let (Answer::Checked { problems }, _) = answer(Request::Check { files: files(ACTORS) }) else {
        panic!("another answer")
    };
    assert_eq!((problems.list.len(), problems.summary.as_str()), (0, ""));
}

#[test]
fn modules_of_a_document_are_found() {
    let mut two = files("use shapes.area\n\nfn main() {\n    println(\"{area(2)}\")\n}\n");
    two.push(File { name: "shapes.gal".into(), text: "pub fn area(n: Int) -> Int { n * n }\n".into() });
    let (Answer::Checked { problems }, _) = answer(Request::Check { files: two }) else {
        panic!("another answer")
    };
    assert!(problems.list.is_empty(), "{problems:?}");
}

#[test]
fn fixes_can_be_made() {
    let text = "fn main() {\n    let count = 1\n    println(\"{cuont}\")\n}\n";
    let (Answer::Checked { problems }, _) = answer(Request::Check { files: files(text) }) else {
        panic!("another answer")
    };
    let fix = problems.list.iter().flat_map(|problem| &problem.fixes).next().expect("there is a likely name");
    let edit = &fix.edits[0];
    let mended = format!("{}{}{}", &text[..edit.place.from], edit.text, &text[edit.place.to..]);
    let (Answer::Checked { problems }, _) = answer(Request::Check { files: files(&mended) }) else {
        panic!("another answer")
    };
    assert!(problems.list.is_empty(), "{mended}\n{problems:?}");
}

#[test]
fn modules_are_compiled_for_where_they_run() {
    let modules = vec![("@gal-lang/runtime".to_string(), "blob:null/1".to_string())];
    for release in [false, true] {
        let options =
            CompileOptions { limited: true, release, modules: modules.clone(), ..Default::default() };
        let (Answer::Compiled { problems, module }, bytes) =
            answer(Request::Compile { files: files(ACTORS), options })
        else {
            panic!("another answer")
        };
        let module = module.unwrap_or_else(|| panic!("{problems:?}"));
        assert!(module.js.contains("from \"blob:null/1\"") && !module.uses_dom, "{}", module.js);
        assert!(bytes.starts_with(b"\0asm") && module.bytes > 1000);
    }
    let options = CompileOptions::default();
    let (Answer::Compiled { problems, module }, bytes) =
        answer(Request::Compile { files: files(WRONG), options })
    else {
        panic!("another answer")
    };
    assert!(problems.has_errors() && module.is_none() && bytes.is_empty());
}

#[test]
fn foreign_modules_are_refused_with_a_way_out() {
    let text =
        "extern \"js\" module \"./view.js\" {\n    fn draw(x: Int)\n}\n\nfn main() {\n    draw(1)\n}\n";
    let modules = vec![("@gal-lang/runtime".to_string(), "blob:null/1".to_string())];
    let options = CompileOptions { modules, ..Default::default() };
    let (Answer::Failed { message }, _) = answer(Request::Compile { files: files(text), options }) else {
        panic!("another answer")
    };
    assert!(message.contains("./view.js") && message.contains("npm project"), "{message}");
    let (Answer::Project { has_file, .. }, _) =
        answer(Request::Project { files: files(text), options: Default::default() })
    else {
        panic!("another answer")
    };
    assert!(has_file);
}

#[test]
fn stages_are_shown() {
    for (stage, part) in [(Stage::Mir, "fn @"), (Stage::Lir, "func"), (Stage::Wat, "(module")] {
        let request = Request::Emit { files: files(ACTORS), stage, release: false, whole: true };
        let (Answer::Emitted { text, .. }, _) = answer(request) else { panic!("another answer") };
        let text = text.expect("the program is right");
        assert!(text.contains(part), "{stage:?}: {}", &text[..200]);
        let request = Request::Emit { files: files(ACTORS), stage, release: false, whole: false };
        let (Answer::Emitted { text: Some(own), shown, all, .. }, _) = answer(request) else {
            panic!("another answer")
        };
        assert!(
            own.contains("Counter") && shown > 0 && shown < all / 2 && own.len() < text.len(),
            "{shown} of {all}"
        );
        let request = Request::Emit { files: files(WRONG), stage, release: false, whole: false };
        let (Answer::Emitted { text, problems, .. }, _) = answer(request) else { panic!("another answer") };
        assert!(text.is_none() && problems.has_errors());
    }
}

#[test]
fn files_are_formatted_or_left_alone() {
    let request = |text: &str| Request::Format { name: "main.gal".into(), text: text.into() };
    let (Answer::Formatted { text, .. }, _) = answer(request("fn main(){println(1)}")) else {
        panic!("another answer")
    };
    assert_eq!(text.as_deref(), Some("fn main() { println(1) }\n"));
    let (Answer::Formatted { text, problems }, _) = answer(request("fn main( {")) else {
        panic!("another answer")
    };
    assert!(text.is_none() && problems.has_errors());
}

#[test]
fn sizes_add_up_and_actors_have_theirs() {
    for release in [false, true] {
        let (Answer::Sized { sizes, .. }, _) = answer(Request::Sizes { files: files(ACTORS), release })
        else {
            panic!("another answer")
        };
        let sizes = sizes.expect("the program is right");
        let code = sizes.sections.iter().find(|(name, _)| name == "code").expect("it has code").1;
        let functions: usize = sizes.functions.iter().map(|function| function.bytes).sum();
        assert!(functions < code && functions > code * 9 / 10, "{functions} of {code}");
        assert!(sizes.functions.is_sorted_by(|a, b| a.bytes >= b.bytes));
        let of_counter =
            sizes.functions.iter().filter(|function| function.actor.as_deref() == Some("Counter"));
        assert!(of_counter.count() > 0, "{:?}", sizes.functions);
    }
}

#[test]
fn projects_are_archives() {
    let (Answer::Project { has_file, .. }, bytes) =
        answer(Request::Project { files: files(ACTORS), options: Default::default() })
    else {
        panic!("another answer")
    };
    assert!(has_file && bytes.starts_with(b"PK"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("it is an archive");
    let names: Vec<String> = archive.file_names().map(str::to_string).collect();
    for name in [
        "package.json",
        "run.js",
        "index.html",
        "build/main.wasm",
        "build/main.js",
        "build/main.d.ts",
        "src/main.gal",
    ] {
        assert!(names.contains(&format!("gal-project/{name}")), "{name} is missing in {names:?}");
    }
    let mut text = String::new();
    let mut file = archive.by_name("gal-project/src/main.gal").expect("it is there");
    std::io::Read::read_to_string(&mut file, &mut text).expect("it is text");
    assert_eq!(text, ACTORS);
}

#[test]
fn everything_there_is_about_codes_is_told() {
    let (Answer::About { version }, _) = answer(Request::About) else { panic!("another answer") };
    assert!(!version.is_empty());
    let (Answer::Pages { pages }, _) = answer(Request::Pages) else { panic!("another answer") };
    assert!(pages.len() > 100 && pages.is_sorted_by(|a, b| a.code < b.code));
    assert!(pages.iter().any(|page| page.code == "type-mismatch" && page.text.contains("```")));
}

#[test]
fn what_is_no_request_gets_an_answer() {
    let mut compiler = Compiler::new();
    for text in ["", "{}", "{\"ask\":\"dance\"}", "[1]"] {
        assert!(compiler.answer(text).contains("not understood"), "{text}");
    }
    let answer = compiler.answer(r#"{"ask":"check","files":[]}"#);
    assert!(answer.contains("cannot read `main.gal`"), "{answer}");
    assert!(compiler.take_bytes().is_empty() && !compiler.is_rest());
}

#[test]
fn what_is_left_of_an_answer_goes_through_json() {
    let (mut compiler, mut extra) = (Compiler::new(), playground_extra::Extra::new());
    let request = Request::Emit { files: files(ACTORS), stage: Stage::Wat, release: false, whole: true };
    let rest = compiler.answer(&serde_json::to_string(&request).expect("it is a tree"));
    assert!(compiler.is_rest());
    let answer = extra.finish(&rest, &compiler.take_bytes());
    assert!(answer.contains("(module") && extra.take_bytes().is_empty());
    assert!(extra.finish("{}", &[]).contains("not understood"));
    assert!(extra.finish(&rest, b"none").contains("internal compiler error"));
}

/// The result of a question about the place behind `before`, with the files as they are then.
fn asked(asks: &mut Asks, text: &str, before: &str, query: Query) -> (serde_json::Value, Option<String>) {
    let offset = (text.find(before).expect("the text is there") + before.len()) as u32;
    let request = Request::Ask { files: files(text), file: "main.gal".into(), offset, query };
    let (Answer::Asked { result, refused }, _) = answer_with(asks, request) else { panic!("another answer") };
    (result, refused)
}

#[test]
fn editors_are_answered_about_the_files_as_they_are() {
    let asks = &mut Asks::default();
    let (hover, _) = asked(asks, ACTORS, "send(coun", Query::Hover);
    assert!(hover["markdown"].as_str().is_some_and(|text| text.contains("Counter")), "{hover}");
    let text = ACTORS.replace("send(counter, Add(2))", "send(counter, )");
    let (list, _) = asked(asks, &text, "send(counter, ", Query::Completion);
    let labels: Vec<&str> = list["items"]
        .as_array()
        .expect("it is a list")
        .iter()
        .filter_map(|it| it["label"].as_str())
        .collect();
    assert!(labels.contains(&"Add"), "{labels:?}");
    let (place, _) = asked(asks, ACTORS, "ask(counter, Ge", Query::Definition);
    assert_eq!(place[0]["path"], "main.gal", "{place}");
    let (change, _) = asked(asks, ACTORS, "let count", Query::Rename { name: "tally".into() });
    assert_eq!(change["files"][0]["edits"].as_array().map(Vec::len), Some(3), "{change}");
    let (nothing, refused) = asked(asks, ACTORS, "println", Query::Rename { name: "say".into() });
    assert!(nothing.is_null() && refused.is_some(), "{refused:?}");
    let (signature, _) = asked(asks, ACTORS, "Add(2", Query::Signature);
    assert!(signature["label"].as_str().is_some_and(|label| label.contains("n: Int")), "{signature}");
}

#[test]
fn declarations_are_found_and_what_is_not_in_the_files_is_nowhere() {
    let ask = |actor: Option<&str>, handler: Option<&str>| {
        let (actor, handler) = (actor.map(str::to_string), handler.map(str::to_string));
        match answer(Request::Declaration { files: files(ACTORS), actor, handler }).0 {
            Answer::Declared { place } => {
                place.map(|place| ACTORS[place.from..place.to].to_string() + &format!(" {}", place.line))
            }
            other => panic!("another answer: {other:?}"),
        }
    };
    assert_eq!(ask(Some("Counter"), Some("Add")).as_deref(), Some("Add 3"));
    assert_eq!(ask(Some("Counter"), None).as_deref(), Some("Counter 1"));
    assert_eq!(ask(None, None).as_deref(), Some("main 7"));
    assert_eq!(ask(Some("Supervisor"), Some("Down")), None);
}

/// What JavaScript needs to hand over the environment, although nothing of the program itself asks for it.
#[test]
fn programs_with_a_seed_or_a_trace_can_read_their_environment() {
    for (schedules, trace) in [(true, false), (false, true)] {
        let options = CompileOptions { schedules, trace, ..Default::default() };
        let (_, bytes) = answer(Request::Compile { files: files(ACTORS), options });
        let mut exports = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
            if let wasmparser::Payload::ExportSection(section) = payload.expect("the module is right") {
                exports
                    .extend(section.into_iter().map(|export| export.expect("it is right").name.to_string()));
            }
        }
        assert!(exports.iter().any(|name| name == "gal_buffer"), "{exports:?}");
    }
}
