//! Files below the given directories, and no others.
#![cfg(unix)]

mod common;

use common::{module, run, try_run};
use std::fs;
use std::path::{Path, PathBuf};
use wasi::{Outcome, Preopen, RunError, RunOptions};

const IMPORTS: &str = r#"
    (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $prestat_name (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_pread" (func $pread (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_pwrite" (func $pwrite (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fstat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_sync" (func $sync (param i32) (result i32)))
"#;

const HELPERS: &str = "
    ;; Opens a path for reading and writing, following links, with the given flags; returns the new number.
    (func $open (param $path i32) (param $len i32) (param $oflags i32) (param $fdflags i32) (result i32)
        (call $check (call $path_open (i32.const 3) (i32.const 1) (local.get $path) (local.get $len)
            (local.get $oflags) (i64.const 66) (i64.const 66) (local.get $fdflags) (i32.const 32)))
        (i32.load (i32.const 32)))
    (func $buffer (param $at i32) (param $len i32)
        (i32.store (i32.const 16) (local.get $at))
        (i32.store (i32.const 20) (local.get $len)))
    (func $write (param $fd i32) (param $at i32) (param $len i32)
        (call $buffer (local.get $at) (local.get $len))
        (call $check (call $fd_write (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24))))
    ;; Reads to address 1024 and prints what was read.
    (func $show (param $fd i32)
        (call $buffer (i32.const 1024) (i32.const 1000))
        (call $check (call $fd_read (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24)))
        (call $print (i32.const 1024) (i32.load (i32.const 24))))
";

/// A fresh directory that is removed at the end of a test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wasi-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("inside")).unwrap();
        fs::write(path.join("secret"), "not for the program").unwrap();
        Scratch(path)
    }

    fn inside(&self) -> PathBuf {
        self.0.join("inside")
    }

    fn run(&self, strings: &[&str], body: &str) -> Outcome {
        let fields = format!("{IMPORTS}{HELPERS}(func (export \"_start\") (local $fd i32) {body})");
        let dirs = vec![Preopen { host: self.inside(), guest: "/data".to_string() }];
        run(&module(strings, &fields), &RunOptions { dirs, ..RunOptions::default() })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_are_written_and_read() {
    let scratch = Scratch::new("write");
    let outcome = scratch.run(
        &["a.txt", "some text", "TEXT"],
        "(local.set $fd (call $open @0 (i32.const 9) (i32.const 0)))
        (call $write (local.get $fd) @1)
        (call $check (call $tell (local.get $fd) (i32.const 40)))
        (call $check (i64.ne (i64.load (i32.const 40)) (i64.const 9)))
        (call $check (call $sync (local.get $fd)))
        (call $buffer @2)
        (call $check (call $pwrite (local.get $fd) (i32.const 16) (i32.const 1) (i64.const 5) (i32.const 24)))
        (call $check (call $seek (local.get $fd) (i64.const -4) (i32.const 2) (i32.const 40)))
        (call $check (i64.ne (i64.load (i32.const 40)) (i64.const 5)))
        (call $show (local.get $fd))
        (call $buffer (i32.const 1024) (i32.const 4))
        (call $check (call $pread (local.get $fd) (i32.const 16) (i32.const 1) (i64.const 0) (i32.const 24)))
        (call $print (i32.const 1024) (i32.load (i32.const 24)))
        (call $check (call $fstat (local.get $fd) (i32.const 64)))
        (call $check (i64.ne (i64.load (i32.const 96)) (i64.const 9)))
        (call $check (call $fdstat (local.get $fd) (i32.const 64)))
        (call $check (i32.ne (i32.load8_u (i32.const 64)) (i32.const 4)))
        (call $check (call $close (local.get $fd)))
        (call $proc_exit (call $close (local.get $fd)))",
    );
    assert_eq!(
        (outcome.stdout_text().as_str(), outcome.status),
        ("TEXTsome", 8),
        "{}",
        outcome.stderr_text()
    );
    assert_eq!(fs::read_to_string(scratch.inside().join("a.txt")).unwrap(), "some TEXT");
}

#[test]
fn appending_and_truncating() {
    let scratch = Scratch::new("append");
    fs::write(scratch.inside().join("log"), "one").unwrap();
    fs::write(scratch.inside().join("old"), "something longer").unwrap();
    let outcome = scratch.run(
        &["log", ", two", "old", "new"],
        "(call $write (call $open @0 (i32.const 0) (i32.const 1)) @1)
        (call $write (call $open @2 (i32.const 8) (i32.const 0)) @3)
        ;; Exclusive creation of what exists.
        (drop (call $open @0 (i32.const 5) (i32.const 0)))",
    );
    assert_eq!(outcome.status, 20);
    assert_eq!(fs::read_to_string(scratch.inside().join("log")).unwrap(), "one, two");
    assert_eq!(fs::read_to_string(scratch.inside().join("old")).unwrap(), "new");
}

#[test]
fn directories_are_made_listed_and_removed() {
    let scratch = Scratch::new("dirs");
    let outcome = scratch.run(
        &["d", "d/b.txt", "d/a.txt", "d/c.txt"],
        "(call $check (call $mkdir (i32.const 3) @0))
        (call $check (call $close (call $open @1 (i32.const 1) (i32.const 0))))
        (call $check (call $close (call $open @2 (i32.const 1) (i32.const 0))))
        (call $check (call $rename (i32.const 3) @2 (i32.const 3) @3))
        (call $check (call $path_open (i32.const 3) (i32.const 1) @0 (i32.const 2) (i64.const 2) (i64.const 2)
            (i32.const 0) (i32.const 32)))
        (call $check (call $readdir (i32.load (i32.const 32)) (i32.const 1024) (i32.const 500) (i64.const 2) (i32.const 36)))
        (call $check (i32.load (i32.const 36)))
        (call $check (call $readdir (i32.load (i32.const 32)) (i32.const 1024) (i32.const 500) (i64.const 0) (i32.const 36)))
        ;; Behind `.` and `..`: two headers of 24 bytes with names of 1 and 2.
        (call $print (i32.const 1099) (i32.const 5))
        (call $print (i32.const 1128) (i32.const 5))
        (call $check (i32.ne (i32.load (i32.const 36)) (i32.const 109)))
        (call $check (i32.ne (call $rmdir (i32.const 3) @0) (i32.const 55)))
        (call $check (call $unlink (i32.const 3) @1))
        (call $check (call $unlink (i32.const 3) @3))
        (call $check (call $rmdir (i32.const 3) @0))
        (call $proc_exit (call $stat (i32.const 3) (i32.const 1) @0 (i32.const 64)))",
    );
    assert_eq!(outcome.status, 44, "{}", outcome.stdout_text());
    assert_eq!(outcome.stdout_text(), "b.txt\0\0\0\0\0".trim_end_matches('\0').to_string() + "c.txt");
}

/// They have no path, but are there.
#[test]
#[cfg(target_os = "linux")]
fn names_that_are_not_utf_8_are_listed_lossily() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new("names");
    fs::write(scratch.inside().join(std::ffi::OsStr::from_bytes(b"a\xff")), "").unwrap();
    let outcome = scratch.run(
        &[],
        ";; Behind `.` and `..` one header of 24 bytes with a name of 4.
        (call $check (call $readdir (i32.const 3) (i32.const 1024) (i32.const 500) (i64.const 0) (i32.const 36)))
        (call $check (i32.ne (i32.load (i32.const 36)) (i32.const 79)))
        (call $print (i32.const 1099) (i32.const 4))",
    );
    assert_eq!((outcome.stdout_text().as_str(), outcome.status), ("a\u{FFFD}", 0));
}

#[test]
fn given_directories_are_found_by_name() {
    let outcome = Scratch::new("prestat").run(
        &[],
        "(call $check (call $prestat (i32.const 3) (i32.const 64)))
        (call $check (call $prestat_name (i32.const 3) (i32.const 1024) (i32.load (i32.const 68))))
        (call $print (i32.const 1024) (i32.load (i32.const 68)))
        (call $proc_exit (call $prestat (i32.const 4) (i32.const 64)))",
    );
    assert_eq!((outcome.stdout_text().as_str(), outcome.status), ("/data", 8));
}

fn errno_of_opening(scratch: &Scratch, path: &str) -> i32 {
    let outcome = scratch.run(&[path], "(call $show (call $open @0 (i32.const 0) (i32.const 0)))");
    assert_eq!(outcome.stdout_text(), "", "{path} was read");
    outcome.status
}

#[test]
fn no_path_leads_out_of_a_directory() {
    let scratch = Scratch::new("escape");
    fs::create_dir(scratch.inside().join("sub")).unwrap();
    let secret = scratch.0.join("secret");
    for path in
        ["../secret", "sub/../../secret", "./../inside/../secret", secret.to_str().unwrap(), "/etc/passwd"]
    {
        assert_eq!(errno_of_opening(&scratch, path), 63, "{path}");
    }
}

#[test]
fn no_link_leads_out_of_a_directory() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new("links");
    symlink("../secret", scratch.inside().join("relative")).unwrap();
    symlink(scratch.0.join("secret"), scratch.inside().join("absolute")).unwrap();
    symlink("..", scratch.inside().join("up")).unwrap();
    symlink("loop", scratch.inside().join("loop")).unwrap();
    for path in ["relative", "absolute", "up/secret"] {
        assert_eq!(errno_of_opening(&scratch, path), 63, "{path}");
    }
    assert_eq!(errno_of_opening(&scratch, "loop"), 32);
    for (body, errno) in [
        ("(call $proc_exit (call $mkdir (i32.const 3) @0))", 63),
        ("(call $proc_exit (call $rename (i32.const 3) @1 (i32.const 3) @0))", 63),
        ("(call $proc_exit (call $unlink (i32.const 3) @0))", 63),
        ("(call $proc_exit (call $stat (i32.const 3) (i32.const 1) @0 (i32.const 64)))", 63),
    ] {
        assert_eq!(scratch.run(&["up/new", "relative"], body).status, errno, "{body}");
    }
    assert!(!scratch.0.join("new").exists());
}

#[test]
fn links_inside_a_directory_are_followed_when_asked() {
    let scratch = Scratch::new("inner");
    fs::write(scratch.inside().join("real"), "content").unwrap();
    std::os::unix::fs::symlink("real", scratch.inside().join("link")).unwrap();
    let outcome = scratch.run(
        &["link"],
        "(call $show (call $open @0 (i32.const 0) (i32.const 0)))
        (call $proc_exit (call $path_open (i32.const 3) (i32.const 0) @0 (i32.const 0) (i64.const 2) (i64.const 2)
            (i32.const 0) (i32.const 32)))",
    );
    assert_eq!((outcome.stdout_text().as_str(), outcome.status), ("content", 32));
}

#[test]
fn a_missing_directory_is_an_error_of_the_options() {
    let dirs = vec![Preopen::parse("/no/such/directory::/data")];
    let error = try_run(&module(&[], ""), &RunOptions { dirs, ..RunOptions::default() });
    assert!(matches!(error, Err(RunError::Setup(text)) if text.contains("/no/such/directory")));
}

#[test]
fn an_output_is_open_behind_the_directories() {
    let scratch = Scratch::new("output");
    let output = scratch.0.join("out");
    fs::write(&output, "before ").unwrap();
    let dirs = vec![Preopen { host: scratch.inside(), guest: "/data".to_string() }];
    let options = RunOptions { dirs, output: Some(output.clone()), ..RunOptions::default() };
    assert_eq!(options.output_fd(), 4);
    // It is no directory to look for files in, and only to be written.
    let body = "(call $check (i32.ne (call $prestat (i32.const 4) (i32.const 64)) (i32.const 8)))
        (call $write (i32.const 4) @0)
        (call $buffer (i32.const 1024) (i32.const 10))
        (call $proc_exit (call $fd_read (i32.const 4) (i32.const 16) (i32.const 1) (i32.const 24)))";
    let fields = format!("{IMPORTS}{HELPERS}(func (export \"_start\") {body})");
    let outcome = run(&module(&["text"], &fields), &options);
    assert_eq!((outcome.status, fs::read_to_string(&output).unwrap().as_str()), (8, "before text"));
    let options = RunOptions { output: Some(scratch.0.join("no/folder")), ..RunOptions::default() };
    let error = try_run(&module(&[], ""), &options);
    assert!(matches!(error, Err(RunError::Setup(text)) if text.contains("no/folder")));
}
