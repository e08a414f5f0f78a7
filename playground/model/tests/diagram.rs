//! The sequence diagram: what is drawn, and that nothing else is.

use playground_model::diagram::{LANES, ROW, Sight, height, lane_at, lane_width, svg, width};
use playground_model::timeline::Timeline;

const EVENTS: &str = include_str!("../../../compiler/galc/tests/trace_events.jsonl");

const LANE: f64 = 120.0;

fn timeline() -> Timeline {
    let mut timeline = Timeline::new(0, &[]);
    assert!(EVENTS.lines().all(|line| timeline.take(line)));
    timeline
}

fn whole(timeline: &Timeline) -> Sight {
    Sight {
        edge: 0.0,
        lane: LANE,
        left: 0.0,
        top: 0.0,
        width: width(timeline, LANE),
        height: height(timeline),
        position: timeline.len(),
        actor: None,
        message: None,
    }
}

fn count(svg: &str, part: &str) -> usize {
    svg.matches(part).count()
}

#[test]
fn messages_answers_handlers_and_ends_are_drawn() {
    let timeline = timeline();
    let svg = svg(&timeline, &whole(&timeline));
    let lines = |part: &str| EVENTS.lines().filter(|line| line.contains(part)).count();
    assert_eq!(count(&svg, "class=\"row"), timeline.len());
    let asked = count(&svg, "<g class=\"send ask\"");
    let (lost, plain) = (count(&svg, "<g class=\"send lost\""), count(&svg, "<g class=\"send\""));
    assert_eq!(asked + lost + plain, lines("\"event\":\"send\""));
    assert!(asked > 3 && lost > 0 && plain > 3, "{asked} {lost} {plain}");
    assert_eq!(count(&svg, "<g class=\"answer"), lines("\"event\":\"reply\""));
    assert_eq!(count(&svg, "<g class=\"crash\""), lines("\"event\":\"crash\""));
    assert_eq!(count(&svg, "<g class=\"spawn\""), lines("\"event\":\"spawn\""));
    assert!(svg.contains("Add(3, …)") && svg.contains("class=\"bar waits\"") && svg.contains("count = 13"));
    assert!(!svg.contains("NaN"));
}

#[test]
fn texts_are_escaped() {
    let mut timeline = Timeline::new(0, &[]);
    for line in [
        r#"{"event":"spawn","time":0,"actor":0,"to":1,"name":"A"}"#,
        r#"{"event":"send","time":0,"actor":0,"message":1,"to":1,"name":"S","values":["<b>&\"'"]}"#,
    ] {
        assert!(timeline.take(line));
    }
    let svg = svg(&timeline, &whole(&timeline));
    assert!(svg.contains("S(&lt;b&gt;&amp;&quot;')") && !svg.contains("<b>"), "{svg}");
}

#[test]
fn only_what_is_in_sight_is_drawn() {
    let timeline = timeline();
    let sight = Sight { top: ROW * 10.0, height: ROW * 5.0, width: LANE, ..whole(&timeline) };
    let part = svg(&timeline, &sight);
    assert_eq!(count(&part, "class=\"row"), 5);
    assert!(part.len() < svg(&timeline, &whole(&timeline)).len() / 3);
    let far = Sight { left: lane_at(99, LANE), ..sight };
    assert_eq!(count(&svg(&timeline, &far), "class=\"line\""), 0);
}

#[test]
fn the_position_and_what_is_chosen_are_marked() {
    let timeline = timeline();
    let at = |position: usize| Sight { position, actor: Some(1), message: Some(3), ..whole(&timeline) };
    let svg = |position: usize| svg(&timeline, &at(position));
    assert_eq!(count(&svg(4), "class=\"row now\""), 1);
    assert!(svg(4).contains(&format!("class=\"cursor\" d=\"M0 {}h", ROW * 4.0)));
    assert!(svg(4).contains("class=\"line chosen\"") && svg(4).contains("send ask chosen"));
    assert!(svg(4).contains("class=\"bar chosen\"") && svg(4).contains("class=\"bar waits chosen\""));
    assert_eq!(count(&svg(0), "class=\"row now\""), 0);
    assert!(count(&svg(4), "class=\"future\"") == 1);
}

#[test]
fn messages_that_are_held_back_are_told_apart() {
    let mut timeline = Timeline::new(0, &["delay 3 2".to_string()]);
    assert!(EVENTS.lines().all(|line| timeline.take(line)));
    let svg = svg(&timeline, &whole(&timeline));
    assert_eq!(count(&svg, "<g class=\"send ask held\" data-do=\"message:3\""), 1);
    assert_eq!(count(&svg, " held"), 1);
}

#[test]
fn lanes_are_as_wide_as_there_is_room() {
    let timeline = timeline();
    assert_eq!(lane_width(&timeline, 10.0), LANES.0);
    assert_eq!(lane_width(&timeline, 10_000.0), LANES.1);
    let lane = lane_width(&timeline, 560.0);
    assert_eq!(width(&timeline, lane), 560.0, "{lane}");
    assert_eq!(lane_width(&Timeline::new(0, &[]), 560.0), LANES.1);
}
