//! Traces of what actors do: `--trace actors` and the options that go with it.
#![allow(clippy::disallowed_methods, reason = "tests run processes and read files")]

mod common;

use common::{Scratch, status, stderr, stdout};
use std::path::Path;

/// One of each kind of event but those of commands.
const PROGRAM: &str = r#"
use std.time.sleep

iso struct Key { n: Int }

actor Counter {
    state count: Int
    state name: String = "a \"b\"\u{1}"
    state keys: Array<Key> = []

    new(count: Int) { self.count = count }
    on Add(n: Int, key: Key) {
        count += n
        keys.push(key)
    }
    on Get -> Int {
        sleep(1ms)
        count
    }
    on Meet(other: Counter) -> String { "{try ask(other, Ask(self))}" }
    on Ask(back: Counter) -> Bool { (try ask(back, Get)).is_ok() }
    on Fail(why: String) { panic(why) }
}

@reentrant
actor Free {
    state n: Int = 0
    on Wait -> Int {
        n += 1
        sleep(1ms)
        n
    }
}

@mailbox(capacity: 1, policy: drop_new)
actor Small {
    on Take(n: Int) { println("took {n}") }
}

fn main() {
    let c = spawn Counter(10)
    send(c, Add(3, Key { n: 1 }))
    println(ask(c, Get))
    println(ask(c, Get) timeout 500us)
    println(ask(c, Meet(c)))
    let f = spawn Free()
    let (x, y) = (async ask(f, Wait), async ask(f, Wait))
    println("{await x} {await y}")
    let s = spawn Small()
    send(s, Take(1))
    send(s, Take(2))
    sleep(1ms)
    send(c, Fail("no \"luck\""))
    println(try ask(c, Get))
}
"#;

/// What it does, with `--trace-values --trace-states`.
const EVENTS: &str = include_str!("trace_events.jsonl");

fn scratch(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.write("a.gal", PROGRAM);
    scratch
}

fn read(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.0.join(name)).unwrap_or_default()
}

/// Runs the program with a trace in `t`; the status and the trace.
fn trace(scratch: &Scratch, args: &[&str]) -> (i32, String) {
    let all = [&["run", "-q", "--virtual-clock", "--trace", "actors=t"], args, &["a.gal"]].concat();
    let output = scratch.galc(&all);
    (status(&output), read(scratch, "t"))
}

/// Runs a program with a trace; what it prints on standard error is part of the result.
fn run(scratch: &Scratch, args: &[&str], file: &str) -> (i32, String) {
    let output = scratch.galc(&[&["run", "-q", "--virtual-clock"], args, &[file]].concat());
    (status(&output), stderr(&output))
}

fn with_commands(scratch: &Scratch, commands: &str) -> (i32, String) {
    scratch.write("commands", commands);
    trace(scratch, &["--trace-commands", "commands"])
}

/// The lines up to the one that sends this message.
fn until_sent(trace: &str, message: usize) -> String {
    let sends = format!("\"message\":{message},\"to\":");
    let end = trace.lines().position(|line| line.contains(&sends)).expect("it is sent");
    trace.lines().take(end + 1).map(|line| format!("{line}\n")).collect()
}

#[test]
fn each_event_has_its_line() {
    let scratch = scratch("trace-events");
    let (ended, text) = trace(&scratch, &["--trace-values", "--trace-states"]);
    assert_eq!(ended, 101, "an actor has crashed");
    assert_eq!(text, EVENTS);
    let (_, plain) = trace(&scratch, &[]);
    let fewer: String = EVENTS
        .lines()
        .filter(|line| !line.contains("\"event\":\"state\""))
        .map(|line| {
            let rest = |key: &str| line.find(&format!(",\"{key}\":"));
            let end = rest("values").or_else(|| rest("value")).unwrap_or(line.len() - 1);
            format!("{}}}\n", &line[..end])
        })
        .collect();
    assert_eq!(plain, fewer);
}

#[test]
fn a_trace_goes_to_standard_error_or_a_file() {
    let scratch = scratch("trace-places");
    let (_, text) = trace(&scratch, &[]);
    let (ended, errors) = run(&scratch, &["--trace", "actors"], "a.gal");
    let events: String = errors.lines().filter(|l| l.starts_with('{')).map(|l| format!("{l}\n")).collect();
    assert_eq!((ended, events), (101, text.clone()));
    // What was there is gone.
    scratch.write("t", text.repeat(2));
    assert_eq!(trace(&scratch, &[]).1, text);
    let (ended, errors) = run(&scratch, &["--trace", "actors=no/folder"], "a.gal");
    assert_eq!(ended, 2);
    assert!(errors.contains("cannot write the trace `no/folder`"), "{errors}");
    // A source is not written over.
    let (ended, errors) = run(&scratch, &["--trace", "actors=a.gal"], "a.gal");
    assert_eq!(ended, 2);
    assert!(errors.contains("`a.gal` is a source"), "{errors}");
    assert_eq!(run(&scratch, &[], "a.gal").0, 101);
    for wrong in ["actors=", "tasks", "actor=t"] {
        assert_eq!(run(&scratch, &["--trace", wrong], "a.gal").0, 2, "{wrong}");
    }
    for alone in [&["--trace-values"][..], &["--trace-states"], &["--trace-format", "chrome"]] {
        assert_eq!(run(&scratch, alone, "a.gal").0, 2, "{alone:?}");
    }
}

#[test]
fn a_program_without_a_trace_has_nothing_of_it() {
    let scratch = scratch("trace-off");
    let build = |args: &[&str]| {
        let output = scratch.galc(&[&["build", "-q", "-o", "-"], args, &["a.gal"]].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        output.stdout
    };
    let names = |module: &[u8]| module.windows(6).filter(|bytes| *bytes == b"trace_").count();
    let (off, on) = (build(&[]), build(&["--trace", "actors"]));
    assert!(names(&on) > 10, "its functions have names: {}", names(&on));
    // The search for actors in circles has two that are called so.
    let of_circles =
        off.windows(11).filter(|bytes| *bytes == b"trace_actor" || *bytes == b"trace_cell;").count();
    assert_eq!(names(&off), of_circles);
    assert!(on.len() > off.len());
}

#[test]
fn chrome_gets_slices_and_arrows() {
    let scratch = scratch("trace-chrome");
    let args = ["--trace-format", "chrome", "--trace-values", "--trace-states"];
    let (ended, text) = trace(&scratch, &args);
    assert_eq!(ended, 101);
    let events: Vec<&str> = text.lines().map(|line| line.trim_end_matches(',')).collect();
    assert_eq!((events[0], events[events.len() - 1]), ("[", "]"));
    let events = &events[1..events.len() - 1];
    assert!(text.lines().skip(1).take(events.len() - 1).all(|line| line.ends_with("},")), "{text}");
    let field = |event: &str, name: &str| -> Option<String> {
        let rest = event.split_once(&format!("\"{name}\":"))?.1;
        Some(rest.split([',', '}']).next().unwrap_or_default().trim_matches('"').to_string())
    };
    let of = |kind: &str| -> Vec<&str> {
        events.iter().copied().filter(|e| field(e, "ph").as_deref() == Some(kind)).collect()
    };
    // Each message that is taken has an arrow from where it was sent.
    let ids = |kind: &str| of(kind).iter().filter_map(|e| field(e, "id")).collect::<Vec<_>>();
    let sent = ids("s");
    assert_eq!(sent, (1..=15).map(|n| n.to_string()).collect::<Vec<_>>());
    let taken = ids("f");
    assert_eq!(taken.len(), 13, "two are lost: {taken:?}");
    assert!(taken.iter().all(|id| sent.contains(id)));
    // Slices of a track end in the reverse order, and times never go back.
    let mut depth = std::collections::BTreeMap::<String, i32>::new();
    let mut last = 0.0;
    for event in events.iter().filter(|e| !e.contains("\"ph\":\"M\"")) {
        let time: f64 = field(event, "ts").and_then(|t| t.parse().ok()).expect("each has a time");
        assert!(time >= last, "{event}");
        last = time;
        let open = depth.entry(field(event, "tid").expect("each has a track")).or_default();
        match field(event, "ph").as_deref() {
            Some("B") => *open += 1,
            Some("E") => *open -= 1,
            _ => {}
        }
        assert!((0..=1).contains(open), "{event}");
    }
    assert!(depth.values().all(|open| *open == 0), "{depth:?}");
    assert_eq!(of("b").len(), 2, "reentrant handlers overlap");
    assert_eq!(of("e").len(), 2);
    for named in ["main", "Counter #1", "Free #2", "Small #3"] {
        let args = format!("\"name\":\"thread_name\",\"args\":{{\"name\":\"{named}\"}}");
        assert!(of("M").iter().any(|event| event.contains(&args)), "{named}");
    }
    assert!(text.contains(r#""args":{"why":"no \"luck\" at a.gal:22:28"}"#), "{text}");
    assert!(text.contains(r#""args":{"message":2,"to":1,"values":["3",null]}"#), "{text}");
    assert!(text.contains(r#""name":"state","args":{"n":"2"}"#), "{text}");
}

#[test]
fn a_pause_shows_what_was_before() {
    let scratch = scratch("trace-pause");
    let (_, whole) = trace(&scratch, &[]);
    for message in 1..=15 {
        let (ended, text) = with_commands(&scratch, &format!("at {message} pause // here\n"));
        assert_eq!(ended, 104, "{text}");
        let pause = text.lines().last().unwrap_or_default();
        assert!(
            pause.starts_with("{\"event\":\"pause\",")
                && pause.ends_with(&format!("\"message\":{message}}}"))
        );
        assert_eq!(text, until_sent(&whole, message) + pause + "\n");
    }
    assert_eq!(with_commands(&scratch, "run 7"), with_commands(&scratch, "\n  at 7   pause\n"));
    assert_eq!(with_commands(&scratch, "at 3 run 4"), with_commands(&scratch, "run 7\nrun 9"));
    let (ended, text) = with_commands(&scratch, "at 0 pause");
    assert_eq!((ended, text.lines().count()), (104, 2), "{text}");
    assert_eq!(with_commands(&scratch, "at 16 pause"), (101, whole), "there is no such message");
    scratch.write("commands", "run 5");
    let chrome = trace(&scratch, &["--trace-commands", "commands", "--trace-format", "chrome"]);
    assert!(chrome.0 == 104 && chrome.1.ends_with("}\n]\n"), "{}", chrome.1);
    scratch.write("commands", "at 0 pause");
    let chrome = trace(&scratch, &["--trace-commands", "commands", "--trace-format", "chrome"]);
    assert!(chrome.0 == 104 && chrome.1.lines().count() == 6, "{}", chrome.1);
}

#[test]
fn actors_are_ended_and_messages_lost_or_late() {
    let scratch = Scratch::new("trace-commands");
    scratch.write(
        "a.gal",
        "actor Log {
             state lines: Array<Int> = []
             on Add(n: Int) { lines.push(n) }
             on Lines -> Array<Int> => lines
         }
         fn main() {
             let log = spawn Log()
             for n in 0..5 { send(log, Add(n)) }
             println(try ask(log, Lines))
             send(log, Add(9))
         }",
    );
    // Messages 2 to 6 add, 7 asks.
    let lines = |commands: &str| {
        scratch.write("commands", commands);
        let args = ["run", "-q", "--virtual-clock", "--check-leaks", "--trace", "actors=t"];
        let output = scratch.galc(&[&args[..], &["--trace-commands", "commands", "a.gal"]].concat());
        (status(&output), stdout(&output), read(&scratch, "t"))
    };
    assert_eq!(lines("").1, "Ok([0, 1, 2, 3, 4])\n");
    let (ended, text, events) = lines("drop 3\ndrop 5");
    assert_eq!((ended, text.as_str()), (0, "Ok([0, 2, 4])\n"));
    assert!(events.contains("{\"event\":\"lost\",\"time\":0,\"actor\":1,\"message\":3}"), "{events}");
    let (ended, text, events) = lines("drop 7");
    assert_eq!((ended, text.as_str()), (0, "Err(Dead)\n"));
    assert!(events.contains("\"message\":7,\"status\":\"dead\"}"), "{events}");
    assert_eq!(lines("delay 2 3").1, "Ok([1, 2, 3, 4])\n", "it is sent when others have a turn");
    let (ended, text, events) = lines("delay 7 100");
    assert_eq!((ended, text.as_str()), (0, "Ok([0, 1, 2, 3, 4])\n"), "nothing else can run");
    assert!(events.lines().last().is_some_and(|line| line.contains("finish")), "{events}");
    assert_eq!(lines("delay 1 3").1, "Ok([0, 1, 2, 3, 4])\n", "a constructor is not held back");
    let (ended, text, events) = lines("drop 1");
    assert_eq!((ended, text.as_str()), (101, "Err(Crashed)\n"), "there are no states without it");
    assert!(events.contains("{\"event\":\"crash\",\"time\":0,\"actor\":1,\"why\":\"stopped\"}"), "{events}");
    let (ended, text, events) = lines("at 4 kill #1");
    assert_eq!((ended, text.as_str()), (101, "Err(Crashed)\n"));
    assert!(events.contains("{\"event\":\"kill\",\"time\":0,\"actor\":1}"), "{events}");
    assert!(events.contains("{\"event\":\"crash\",\"time\":0,\"actor\":1,\"why\":\"stopped\"}"), "{events}");
    assert_eq!(lines("at 4 kill 7").1, "Ok([0, 1, 2, 3, 4])\n", "there is no such actor");
    assert_eq!(lines("at 8 kill 1\nat 7 kill 2").0, 101, "also behind its last message");
}

#[test]
fn wrong_commands_are_told_with_their_line() {
    let scratch = scratch("trace-wrong");
    let wrong = [
        "stop",
        "at",
        "at 1",
        "at x pause",
        "at -1 pause",
        "at 1 kill",
        "at 1 kill 0",
        "at 1 kill Counter",
        "run",
        "run x",
        "at 1 run",
        "drop",
        "drop 1 2",
        "delay 1",
        "delay x 1",
        "delay 1 x",
        "run 1000000000000",
    ];
    for command in wrong {
        scratch.write("commands", format!("at 900 pause\n{command}\n"));
        let (ended, errors) = run(&scratch, &["--trace", "actors", "--trace-commands", "commands"], "a.gal");
        assert_eq!(ended, 102, "{command}: {errors}");
        let said = format!("fatal: trace command in line 2, `{command}`: write `at N pause`,");
        assert!(errors.contains(&said), "{command}: {errors}");
        assert!(!errors.contains("\"spawn\""), "{errors}");
    }
    let (ended, errors) = run(&scratch, &["--trace", "actors", "--trace-commands", "none"], "a.gal");
    assert!(ended == 2 && errors.contains("cannot read the trace commands `none`"), "{errors}");
    scratch.write("commands", "run 1\0");
    let (ended, errors) = run(&scratch, &["--trace", "actors", "--trace-commands", "commands"], "a.gal");
    assert!(ended == 2 && errors.contains("zero byte"), "{errors}");
}

#[test]
fn programs_that_are_built_find_their_trace_in_the_environment() {
    let scratch = scratch("trace-built");
    let (_, text) = trace(&scratch, &["--trace-values"]);
    let build =
        ["build", "-q", "--virtual-clock", "--trace", "actors", "--trace-values", "-o", "a.wasm", "a.gal"];
    assert_eq!(status(&scratch.galc(&build)), 0);
    let (ended, errors) = run_module(&scratch, &["--dir", ".", "--env", "GAL_TRACE=u"]);
    assert_eq!((ended, read(&scratch, "u")), (101, text.clone()), "{errors}");
    let (_, errors) = run_module(&scratch, &["--env", "GAL_TRACE_FD=1"]);
    assert!(!errors.contains("\"event\""), "it is on standard output: {errors}");
    let (ended, errors) = run_module(&scratch, &["--env", "GAL_TRACE_COMMANDS=run 3"]);
    assert!(ended == 104 && errors.starts_with(&until_sent(&text, 3)), "{errors}");
    let wrong = [
        ("GAL_TRACE=u", "fatal: `GAL_TRACE=u`: the trace cannot be written there"),
        ("GAL_TRACE_FD=x", "fatal: `GAL_TRACE_FD=x`: the number of an open file is expected"),
        (
            "GAL_TRACE_FORMAT=xml",
            "fatal: `GAL_TRACE_FORMAT=xml`: the formats of traces are `json` and `chrome`",
        ),
    ];
    for (variable, said) in wrong {
        let (ended, errors) = run_module(&scratch, &["--env", variable]);
        assert!(ended == 102 && errors.contains(said), "{errors}");
    }
    assert_eq!(run_module(&scratch, &["--env", "GAL_TRACE_FD=77"]).0, 1, "nothing is open there");
    let late = ["--trace", "actors"];
    let output = scratch.galc(&[&["run"], &late[..], &["a.wasm"]].concat());
    assert!(status(&output) == 2 && stderr(&output).contains("GAL_TRACE"), "{}", stderr(&output));
    for (args, variable) in [
        (&["--trace", "actors=t"][..], "`GAL_TRACE`"),
        (&["--trace", "actors", "--trace-format", "json"], "`GAL_TRACE_FORMAT`"),
        (&["--trace", "actors", "--trace-commands", "c"], "`GAL_TRACE_COMMANDS`"),
    ] {
        let output = scratch.galc(&[&["build"], args, &["a.gal"]].concat());
        assert!(status(&output) == 2 && stderr(&output).contains(variable), "{}", stderr(&output));
    }
}

fn run_module(scratch: &Scratch, args: &[&str]) -> (i32, String) {
    let output = scratch.galc(&[&["run", "-q"], args, &["a.wasm"]].concat());
    (status(&output), stderr(&output))
}

#[test]
fn processes_leave_the_same_trace() {
    if !cfg!(all(feature = "llvm", target_os = "linux", target_arch = "x86_64")) {
        return;
    }
    let scratch = scratch("trace-native");
    let args = ["--target", "x86_64-linux", "--trace-values", "--trace-states"];
    assert_eq!(trace(&scratch, &args), (101, EVENTS.to_string()));
}

#[test]
fn traces_of_tests_stand_in_one_file() {
    let scratch = Scratch::new("trace-tests");
    scratch.write(
        "a.gal",
        "actor Echo { on Say(n: Int) -> Int { n } }
         test \"first\" { assert_eq(ask(spawn Echo(), Say(1)), 1) }
         test \"second\" { assert_eq(ask(spawn Echo(), Say(2)), 2) }
         test \"none\" { assert(true) }",
    );
    let galc = |args: &[&str]| scratch.galc(&[&["test", "--trace-values"], args, &["a.gal"]].concat());
    let output = galc(&["--virtual-clock", "--trace", "actors=t"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let text = read(&scratch, "t");
    let runs: Vec<&str> = text.split("{\"event\":\"test\",\"name\":").skip(1).collect();
    assert_eq!(runs.len(), 3, "{text}");
    assert!(runs[0].starts_with("\"first\"}\n{\"event\":\"begin\""), "{text}");
    assert!(runs[1].starts_with("\"second\"}\n") && runs[1].contains("\"values\":[\"2\"]"), "{text}");
    let output = galc(&["--schedules", "2", "--filter", "first", "--trace", "actors=t"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let text = read(&scratch, "t");
    assert!(text.starts_with("{\"event\":\"test\",\"name\":\"first\",\"schedule_seed\":0}\n"), "{text}");
    assert!(text.contains("\"schedule_seed\":1}\n"), "{text}");
    let chrome = ["--trace", "actors=t", "--trace-format", "chrome"];
    let output = galc(&chrome);
    assert!(status(&output) == 2 && stderr(&output).contains("--filter"), "{}", stderr(&output));
    let output = galc(&[&chrome[..], &["--filter", "first"]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(read(&scratch, "t").ends_with("]\n"));
}

/// The playground's tests look at traces of programs of the corpus, as they are written today.
#[test]
fn recorded_traces_are_what_programs_write() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run/actors");
    let traces = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../playground/model/tests/traces");
    let mut files: Vec<_> = std::fs::read_dir(&traces)
        .expect("there are traces")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let name = format!("{}.gal", file.file_stem().expect("it has a name").to_string_lossy());
        let scratch = Scratch::new("trace-recorded");
        scratch.write(&name, std::fs::read(programs.join(&name)).expect("it is a program of the corpus"));
        let options = ["--virtual-clock", "--trace", "actors=t", "--trace-values", "--trace-states"];
        scratch.galc(&[&["run", "-q"], &options[..], &[&name]].concat());
        let recorded = std::fs::read_to_string(&file).expect("it can be read");
        assert_eq!(read(&scratch, "t"), recorded, "{name}");
    }
}
