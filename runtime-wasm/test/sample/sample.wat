;; A module as galc makes them, by hand: what it exports and imports is described in sample.js. A panic throws; make.mjs
;; makes another one of it that is built as with `--panic=abort`.
(module
  (import "gal" "write" (func $write (param i32 i32 i32)))
  (import "gal" "settle" (func $settle (param i32 i32 i32)))
  (import "./view.js" "draw" (func $draw (param f64 f64)))
  (import "./view.js" "load" (func $load (param i32 i32)))
  (memory (export "memory") 1)
  (tag $panic)
  (global $ticket (mut i32) (i32.const 0))
  (global $turns (mut i32) (i32.const 0))
  (global $count (mut i64) (i64.const 0))
  (global $released (mut i32) (i32.const 0))
  (global $panics (mut i32) (i32.const 1))
  (data (i32.const 16) "panic at app.gal:1:1: oops")
  (data (i32.const 64) "\n")
  (data (i32.const 80) "hello\n")
  (data (i32.const 96) "\04\00\00\00name")

  (func (export "gal_buffer") (param $length i32) (result i32)
    (local $missing i32)
    (local.set $missing (i32.sub (i32.add (local.get $length) (i32.const 4096)) (i32.shl (memory.size) (i32.const 16))))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (drop (memory.grow (i32.add (i32.shr_u (local.get $missing) (i32.const 16)) (i32.const 1))))))
    (i32.const 4096))

  (func $panic_with (param $from i32) (param $length i32)
    (if (global.get $panics) (then (unreachable)))
    (global.set $panics (i32.const 1))
    (call $write (i32.const 3) (local.get $from) (local.get $length))
    (call $write (i32.const 3) (i32.const 64) (i32.const 1))
    (throw $panic))

  ;; Its text is a string in the buffer.
  (func (export "gal_throw") (param $length i32)
    (call $panic_with (i32.const 4100) (i32.sub (local.get $length) (i32.const 4))))

  ;; Refuses to go on after a panic of which it has not been told that it is caught.
  (func (export "gal_caught") (global.set $panics (i32.const 0)))
  (func (export "_initialize") (global.set $panics (i32.const 0)))

  ;; 13 is refused.
  (func $checked_add (export "add") (param $a i64) (param $b i64) (result i64)
    (if (i64.eq (local.get $a) (i64.const 13)) (then (call $panic_with (i32.const 16) (i32.const 26))))
    (i64.add (local.get $a) (local.get $b)))

  ;; A string with an exclamation mark.
  (func (export "shout") (param $length i32) (result i32)
    (i32.store (i32.const 4096) (i32.sub (local.get $length) (i32.const 3)))
    (i32.store8 (i32.add (i32.const 4096) (local.get $length)) (i32.const 33))
    (i32.add (local.get $length) (i32.const 1)))

  ;; 42 after some turns, of which one is a timer.
  (func (export "wait") (param $length i32) (param $ticket i32)
    (global.set $ticket (local.get $ticket))
    (global.set $turns (i32.const 0)))

  (func (export "draw_it") (param $x f64)
    (call $draw (local.get $x) (f64.const 2.5)))

  (func (export "trap") (result i32)
    (unreachable))

  (func (export "gal_start")
    (call $write (i32.const 1) (i32.const 80) (i32.const 6))
    (memory.copy (i32.const 4096) (i32.const 96) (i32.const 8))
    (call $load (i32.const 8) (i32.const 7)))

  ;; Prints what has been loaded.
  (func (export "gal_settle") (param $ticket i32) (param $status i32) (param $length i32)
    (call $write (i32.const 1) (i32.const 4100) (i32.sub (local.get $length) (i32.const 4)))
    (call $write (i32.const 1) (i32.const 64) (i32.const 1))
    (global.set $released (i32.const 1)))

  (func (export "gal_turn") (param $budget f64) (result f64)
    (if (i32.eqz (global.get $ticket))
      (then (return (select (f64.const -1) (f64.const inf) (global.get $released)))))
    (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
    (if (i32.lt_u (global.get $turns) (i32.const 3)) (then (return (f64.const 0))))
    (if (i32.eq (global.get $turns) (i32.const 3)) (then (return (f64.const 5))))
    (i64.store (i32.const 4096) (i64.const 42))
    (call $settle (global.get $ticket) (i32.const 0) (i32.const 8))
    (global.set $ticket (i32.const 0))
    (f64.const inf))

  ;; The actor is number 1 wherever it crosses.
  (func (export "Counter.new") (param $length i32) (result i32)
    (global.set $count (i64.load (i32.const 4096)))
    (i32.store (i32.const 4096) (i32.const 1))
    (i32.const 4))
  (func (export "Counter.Add") (param $length i32) (result i32)
    (global.set $count (i64.add (global.get $count) (i64.load (i32.const 4100))))
    (i32.const 0))
  (func (export "Counter.Get") (param $length i32) (param $ticket i32)
    (i32.store8 (i32.const 4096) (i32.const 0))
    (i64.store (i32.const 4097) (global.get $count))
    (call $settle (local.get $ticket) (i32.const 0) (i32.const 9)))
  (func (export "gal_release") (param $actor i32)
    (global.set $count (i64.const -1))))
