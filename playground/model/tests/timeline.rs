//! What is told of moments: of traces that are written here, and of traces of real programs. Those are what galc writes today, which
//! `compiler/galc/tests/trace.rs` sees to.

use playground_model::commands::Command;
use playground_model::diagram::{self, Sight};
use playground_model::limits;
use playground_model::timeline::{Bar, Timeline};
use playground_model::world::{MAIN, Status, World};

const EVENTS: &str = include_str!("../../../compiler/galc/tests/trace_events.jsonl");
const RESTARTS: &str = include_str!("traces/supervisor_keeps_the_rest.jsonl");
const LOSSES: &str = include_str!("traces/mailbox_losses.jsonl");
const DEADLOCK: &str = include_str!("traces/deadlock_of_two.jsonl");

fn timeline_of(trace: &str) -> Timeline {
    timeline(0, &[], trace)
}

fn timeline(first: u64, commands: &[&str], trace: &str) -> Timeline {
    let commands: Vec<String> = commands.iter().map(|line| line.to_string()).collect();
    let mut timeline = Timeline::new(first, &commands);
    assert!(trace.lines().all(|line| timeline.take(line)));
    timeline
}

/// The position behind the first event whose line has this part.
fn behind(trace: &str, part: &str) -> usize {
    // The first line is no event.
    trace.lines().position(|line| line.contains(part)).unwrap_or_else(|| panic!("no {part}"))
}

fn state(world: &World, actor: u64, name: &str) -> Option<String> {
    let states = &world.actor(actor)?.states;
    states.iter().find(|(known, _)| known == name)?.1.clone()
}

/// A counter with two messages, of which the first is handled while the second waits.
const COUNTER: &str = r#"{"event":"begin","version":1,"clock":"virtual"}
{"event":"spawn","time":0,"actor":0,"to":1,"name":"Counter"}
{"event":"send","time":0,"actor":0,"message":1,"to":1,"name":"Add","values":["2"]}
{"event":"send","time":0,"actor":0,"message":2,"to":1,"name":"Get","asks":true,"values":[]}
{"event":"suspend","time":0,"actor":0}
{"event":"receive","time":0,"actor":1,"message":1,"name":"Add"}
{"event":"suspend","time":0,"actor":1,"message":1}
{"event":"resume","time":5,"actor":1,"message":1}
{"event":"state","time":5,"actor":1,"message":1,"states":{"count":"2"}}
{"event":"done","time":5,"actor":1,"message":1}
{"event":"receive","time":5,"actor":1,"message":2,"name":"Get"}
{"event":"reply","time":5,"actor":1,"message":2,"status":"answered","value":"2"}
{"event":"state","time":5,"actor":1,"message":2,"states":{"count":"2"}}
{"event":"done","time":5,"actor":1,"message":2}
{"event":"resume","time":5,"actor":0}
{"event":"end","time":5,"actor":1}
{"event":"finish","time":5}
"#;

#[test]
fn each_position_has_its_world() {
    let timeline = timeline_of(COUNTER);
    let at = |position: usize| {
        let world = timeline.world(position);
        let (main, counter) = (world.actor(MAIN).map(|it| it.status()), world.actor(1).cloned());
        let mailbox = counter.as_ref().map_or(0, |it| it.mailbox.len());
        (main, counter.map(|it| it.status()), mailbox, state(&world, 1, "count"))
    };
    let two = || Some("2".to_string());
    let runs = Some(Status::Runs);
    assert_eq!(at(0), (runs, None, 0, None));
    assert_eq!(at(1), (runs, Some(Status::Idle), 0, None));
    assert_eq!(at(3), (runs, Some(Status::Ready), 2, None));
    assert_eq!(at(5), (Some(Status::Waits), runs, 1, None));
    assert_eq!(at(6), (Some(Status::Waits), Some(Status::Waits), 1, None));
    assert_eq!(at(8), (Some(Status::Waits), runs, 1, two()));
    assert_eq!(at(9), (Some(Status::Waits), Some(Status::Ready), 1, two()));
    assert_eq!(at(14), (runs, Some(Status::Idle), 0, two()));
    assert_eq!(at(15), (runs, Some(Status::Ended), 0, two()));
    assert_eq!(at(16), (Some(Status::Ended), Some(Status::Ended), 0, two()));
    assert_eq!(at(999), at(16));
}

#[test]
fn messages_are_known_as_long_as_they_matter() {
    let timeline = timeline_of(COUNTER);
    let world = timeline.world(5);
    let waiting: Vec<u64> = world.actor(1).expect("it lives").mailbox.clone();
    assert_eq!(waiting, [2]);
    assert_eq!(world.letter(2).map(|letter| letter.name.as_str()), Some("Get"));
    assert_eq!(world.questions_of(MAIN).map(|letter| letter.number).collect::<Vec<_>>(), [2]);
    assert_eq!(timeline.world(11).questions_of(MAIN).count(), 0);
    assert_eq!(timeline.world(16).letters().count(), 0);
}

#[test]
fn steps_go_over_messages() {
    let timeline = timeline_of(COUNTER);
    assert_eq!([0, 2, 3].map(|at| timeline.next_message(at)), [2, 3, 16]);
    assert_eq!([16, 3, 2, 0].map(|at| timeline.previous_message(at)), [3, 2, 0, 0]);
    assert_eq!(timeline.previous_message(999), 3);
}

#[test]
fn constructors_are_the_first_messages() {
    let timeline = timeline_of(RESTARTS);
    let of = |number: u64| timeline.is_constructor(timeline.flight(number).expect("it is sent"));
    assert_eq!([1, 2, 3, 9, 10].map(of), [true, true, false, true, false]);
}

#[test]
fn bars_tell_when_handlers_run_and_wait() {
    let timeline = timeline_of(COUNTER);
    let of = |actor: u64| {
        let bars = timeline.bars().iter().filter(|bar| bar.actor == actor);
        bars.map(|Bar { begin, end, waits, .. }| (*begin, *end, *waits)).collect::<Vec<_>>()
    };
    assert_eq!(of(1), [(4, Some(5), false), (5, Some(6), true), (6, Some(8), false), (9, Some(12), false)]);
    assert_eq!(of(MAIN), [(0, Some(3), false), (3, Some(13), true), (13, Some(15), false)]);
}

/// It waits for nothing, but another actor has its turn.
#[test]
fn main_rests_when_it_has_ended() {
    let lines: Vec<&str> = COUNTER.lines().filter(|line| !line.contains("\"message\":2")).collect();
    let trace = lines.join("\n").replace("{\"event\":\"suspend\",\"time\":0,\"actor\":0}\n", "");
    let timeline = timeline_of(&trace);
    assert_eq!(timeline.world(2).actor(MAIN).map(|it| it.status()), Some(Status::Runs));
    assert_eq!(timeline.world(3).actor(MAIN).map(|it| it.status()), Some(Status::Rests));
}

/// As with `delay 1 2`: the first of three messages comes last.
#[test]
fn delayed_messages_are_under_way() {
    let send = |n: u64| format!(r#"{{"event":"send","time":0,"actor":0,"message":{n},"to":1,"name":"Add"}}"#);
    let lines = [COUNTER.lines().nth(1).expect("it spawns").to_string(), send(1), send(2), send(3)];
    let timeline = timeline(0, &["delay 1 2"], &lines.join("\n"));
    let at = |position: usize| {
        let world = timeline.world(position);
        let under_way: Vec<u64> = world.under_way().map(|letter| letter.number).collect();
        (under_way, world.actor(1).expect("it lives").mailbox.clone())
    };
    assert_eq!(at(2), (vec![1], vec![]));
    assert_eq!(at(3), (vec![1], vec![2]));
    assert_eq!(at(4), (vec![], vec![2, 3, 1]));
}

#[test]
fn killed_actors_lose_their_messages() {
    let lines: Vec<&str> = COUNTER.lines().take(5).collect();
    let killed = r#"{"event":"kill","time":0,"actor":1}
{"event":"crash","time":0,"actor":1,"why":"stopped"}
{"event":"lost","time":0,"actor":1,"message":1}
{"event":"lost","time":0,"actor":1,"message":2}
{"event":"reply","time":0,"actor":1,"message":2,"status":"crashed"}"#;
    let timeline = timeline_of(&format!("{}\n{killed}", lines.join("\n")));
    let world = timeline.world(timeline.len());
    let counter = world.actor(1).expect("it is known");
    assert_eq!((counter.status(), counter.mailbox.len()), (Status::Crashed, 0));
    assert_eq!(timeline.position_of(Command::Kill { at: 2, actor: 1 }), Some(5));
    assert_eq!(timeline.position_of(Command::Drop { message: 2 }), Some(8));
    assert_eq!(timeline.position_of(Command::Delay { message: 1, messages: 1 }), Some(2));
    assert_eq!(timeline.position_of(Command::Drop { message: 9 }), None);
    assert_eq!(timeline.kill_point(9, 1), None, "it is dead");
    assert_eq!(timeline.kill_point(3, 1), Some(2));
    assert_eq!(timeline.kill_point(1, 1), Some(1), "it comes after all messages so far");
    assert_eq!(timeline.kill_point(3, MAIN), None);
}

#[test]
fn all_moments_are_those_of_a_replay() {
    for trace in [EVENTS, RESTARTS, LOSSES, DEADLOCK] {
        let timeline = timeline_of(trace);
        assert!(timeline.len() > 40);
        let mut world = World::new(Default::default());
        for position in 0..=timeline.len() {
            assert_eq!(timeline.world(position), world, "{position}");
            if let Some(event) = timeline.events().get(position) {
                world.apply(event);
            }
        }
    }
}

#[test]
fn every_event_of_a_real_trace_is_told() {
    let timeline = timeline_of(EVENTS);
    let told: Vec<String> = (0..timeline.len())
        .map(|at| {
            let (actor, text) = timeline.told(at);
            format!("{actor} {text}")
        })
        .collect();
    for expected in [
        "main spawns Counter #1",
        "main sends to Counter #1: Add(3, …)",
        "main asks Counter #1: Get",
        "Counter #1 takes Add",
        "Counter #1 answers 13",
        "Counter #1 does not answer: unheard",
        "Counter #1 waits",
        "main goes on",
        "Small #3 loses a message",
        "Small #3 has now no states",
        " nothing can happen any more",
    ] {
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:#?}");
    }
}

#[test]
fn a_supervisor_has_its_children_and_starts_them_again() {
    let timeline = timeline_of(RESTARTS);
    let world = timeline.world(behind(RESTARTS, "\"name\":\"StartAll\",\"values\""));
    assert_eq!(world.actor(8), None);
    let world = timeline.world(behind(RESTARTS, "\"to\":8,\"name\":\"Worker\""));
    let rows: Vec<String> = world
        .tree()
        .into_iter()
        .map(|(depth, actor)| format!("{}{} {}", "  ".repeat(depth), actor.title(), actor.status().text()))
        .collect();
    let expected = [
        "main waits",
        "  Supervisor #1 runs",
        "    Worker #5 crashed",
        "    Worker #6 idle",
        "    Worker #7 crashed",
        "    Worker #8 idle",
        "  Slot<Worker> #2 idle",
        "  Slot<Worker> #3 idle",
        "  Slot<Worker> #4 idle",
    ];
    assert_eq!(rows, expected);
    let of = |number: u64| world.actor(number).expect("it is known");
    assert_eq!((of(8).replaces, of(7).replaced_by, of(5).replaced_by), (Some(7), Some(8), None));
}

#[test]
fn reentrant_handlers_are_all_in_hand() {
    let timeline = timeline_of(EVENTS);
    let world = timeline.world(behind(EVENTS, "\"suspend\",\"time\":2000000,\"actor\":2,\"message\":10"));
    let free = world.actor(2).expect("it lives");
    assert_eq!(
        free.hands.iter().map(|hand| (hand.message, hand.waits)).collect::<Vec<_>>(),
        [(9, true), (10, true)]
    );
    assert!(timeline.bars().iter().any(|bar| bar.message == Some(10) && bar.depth == 1));
}

/// Mailboxes with limits: what they drop is in none of them.
#[test]
fn lost_messages_are_in_no_mailbox() {
    let timeline = timeline_of(LOSSES);
    let lost = timeline.flights().iter().filter(|flight| flight.lost.is_some());
    assert!(lost.count() > 3);
    let most = (0..=timeline.len())
        .flat_map(|at| timeline.world(at).actors().map(|actor| actor.mailbox.len()).collect::<Vec<_>>())
        .max();
    assert!(most > Some(1), "{most:?}");
    let end = timeline.now();
    assert!(end.actors().all(|actor| actor.mailbox.is_empty() && actor.hands.is_empty()));
}

#[test]
fn a_window_begins_in_the_middle_and_knows_what_was_before() {
    let whole = timeline_of(RESTARTS);
    let window = timeline(22, &[], RESTARTS);
    let begin = behind(RESTARTS, "\"message\":22,\"to\"") - 1;
    assert_eq!(window.len(), whole.len() - begin);
    for position in 0..=window.len() {
        assert_eq!(window.world(position), whole.world(position + begin), "{position}");
    }
    assert!(window.lanes().iter().all(|lane| lane.actor != 7), "it was gone before");
    assert!(window.lanes().iter().any(|lane| lane.actor == 6 && lane.begin == 0));
    assert!(window.bars().iter().any(|bar| bar.actor == MAIN && bar.waits && bar.begin == 0));
    let never = timeline(9_999, &[], RESTARTS);
    assert!(never.is_empty() && never.now().actor(8).is_some());
}

#[test]
fn there_is_an_end_to_what_is_kept() {
    let mut timeline = timeline_of(COUNTER.lines().take(2).collect::<Vec<_>>().join("\n").as_str());
    let line = r#"{"event":"novelty","time":1,"actor":1}"#;
    (0..limits::EVENTS + 2).for_each(|_| assert!(timeline.take(line)));
    assert_eq!((timeline.len(), timeline.left_out, timeline.is_full()), (limits::EVENTS, 3, true));
    assert_eq!(timeline.world(limits::EVENTS), *timeline.now());
}

/// As many actors and messages as a window can have: any moment is there at once.
#[test]
fn five_thousand_events_are_fast() {
    let mut timeline = Timeline::new(0, &[]);
    for n in 1..=(limits::EVENTS as u64 / 2) {
        timeline.take(&format!(r#"{{"event":"spawn","time":{n},"actor":{},"to":{n},"name":"Node"}}"#, n - 1));
        timeline.take(&format!(
            r#"{{"event":"send","time":{n},"actor":0,"message":{n},"to":{n},"name":"new","values":["{n}"]}}"#
        ));
    }
    assert!(timeline.is_full());
    let begin = std::time::Instant::now();
    let mut sum = 0;
    for position in (0..limits::EVENTS).step_by(10) {
        sum += timeline.world(position).actors().count();
        let sight = Sight {
            edge: 0.0,
            lane: 120.0,
            left: 0.0,
            top: position as f64 * diagram::ROW,
            width: 600.0,
            height: 400.0,
            position,
            actor: None,
            message: None,
        };
        let svg = diagram::svg(&timeline, &sight);
        assert!(svg.len() < 60_000, "{} bytes", svg.len());
    }
    assert!(sum > 500_000);
    let each = begin.elapsed().as_secs_f64() / 500.0;
    assert!(each < 0.05, "{each} s for each moment, without optimisation");
}
