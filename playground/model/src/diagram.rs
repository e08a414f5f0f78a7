//! The sequence diagram of a trace as SVG: a lane for each actor, time downwards, a row for each event. Only the part that
//! is in sight is drawn, so that its size does not depend on that of the trace.
//!
//! Lengths are in units of a 16th of the reader's size of type; whoever shows the picture scales it. Whatever can be chosen has its
//! action in `data-do`.

use crate::telling::{brief, message, states_text};
use crate::timeline::{Bar, Flight, Lane, Timeline};
use crate::trace::{Event, Kind, Number};
use std::collections::HashMap;
use std::fmt::Write;

pub const ROW: f64 = 24.0;
/// How narrow and how wide a lane may be.
pub const LANES: (f64, f64) = (92.0, 172.0);
/// Where the numbers of events stand.
pub const GUTTER: f64 = 44.0;

/// Characters of what is shown when the pointer rests.
const TITLE: usize = 400;

/// How wide a letter of a label is.
const LETTER: f64 = 6.3;
const BAR: f64 = 10.0;
const BAR_STEP: f64 = 4.0;
/// How far arrows to the same actor lead aside.
const LOOP: f64 = 30.0;

/// What is in sight, and what is marked.
#[derive(Clone, PartialEq, Debug)]
pub struct Sight {
    /// Where the numbers of events stand: at the edge of what can be seen.
    pub edge: f64,
    pub lane: f64,
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub position: usize,
    pub actor: Option<Number>,
    pub message: Option<Number>,
}

/// How wide lanes are where there is so much room.
pub fn lane_width(timeline: &Timeline, room: f64) -> f64 {
    ((room - GUTTER) / timeline.lanes().len().max(1) as f64).clamp(LANES.0, LANES.1)
}

pub fn width(timeline: &Timeline, lane: f64) -> f64 {
    GUTTER + lane * timeline.lanes().len() as f64
}

pub fn height(timeline: &Timeline) -> f64 {
    ROW * timeline.len() as f64
}

/// The middle of a lane, by its index.
pub fn lane_at(index: usize, lane: f64) -> f64 {
    GUTTER + lane * (index as f64 + 0.5)
}

struct Picture<'a> {
    timeline: &'a Timeline,
    sight: &'a Sight,
    lanes: HashMap<Number, f64>,
    svg: String,
    /// The first row in sight, and the one behind the last.
    rows: (usize, usize),
}

pub fn svg(timeline: &Timeline, sight: &Sight) -> String {
    let first = (sight.top / ROW).floor().max(0.0) as usize;
    let last = ((sight.top + sight.height) / ROW).ceil().max(0.0) as usize;
    let lanes =
        timeline.lanes().iter().enumerate().map(|(index, lane)| (lane.actor, lane_at(index, sight.lane)));
    let mut picture = Picture {
        timeline,
        sight,
        lanes: lanes.collect(),
        svg: String::new(),
        rows: (first.min(timeline.len()), last.min(timeline.len())),
    };
    picture.draw();
    picture.svg
}

impl Picture<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        self.svg.write_fmt(text).expect("a string takes any text");
    }

    fn draw(&mut self) {
        let Sight { left, top, width, height, .. } = *self.sight;
        self.put(format_args!(
            "<svg class=\"sequence\" viewBox=\"{left} {top} {width} {height}\" aria-hidden=\"true\"><defs>"
        ));
        for name in ["send", "answer", "bad", "chosen"] {
            self.put(format_args!(
                "<marker id=\"head-{name}\" class=\"head {name}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
                 markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker>"
            ));
        }
        self.svg.push_str("</defs>");
        (self.rows.0..self.rows.1).for_each(|row| self.row(row));
        let timeline = self.timeline;
        timeline.lanes().iter().for_each(|lane| self.lane(lane));
        timeline.bars().iter().for_each(|bar| self.bar(bar));
        timeline.flights().iter().for_each(|flight| self.flight(flight));
        (self.rows.0..self.rows.1).for_each(|row| self.event(row, &timeline.events()[row]));
        self.numbers();
        self.cursor();
        self.svg.push_str("</svg>");
    }

    fn is_in_sight(&self, from: usize, to: usize) -> bool {
        from < self.rows.1 && to >= self.rows.0
    }

    fn is_beside(&self, from: f64, to: f64) -> bool {
        let (low, high) = (from.min(to), from.max(to));
        high + self.sight.lane < self.sight.left || low - self.sight.lane > self.sight.left + self.sight.width
    }

    fn x(&self, actor: Number) -> Option<f64> {
        self.lanes.get(&actor).copied()
    }

    fn row(&mut self, row: usize) {
        let Sight { left, width, .. } = *self.sight;
        let class = if row + 1 == self.sight.position { "row now" } else { "row" };
        let (position, y) = (row + 1, row as f64 * ROW);
        self.put(format_args!(
            "<rect class=\"{class}\" data-do=\"seek:{position}\" x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{ROW}\"/>"
        ));
    }

    /// The numbers of events stay at the edge, in front of what is scrolled below them.
    fn numbers(&mut self) {
        let Sight { edge, top, height, .. } = *self.sight;
        let width = GUTTER - 10.0;
        self.put(format_args!(
            "<g class=\"numbers\"><rect x=\"{edge}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>"
        ));
        for row in self.rows.0..self.rows.1 {
            let (x, y) = (edge + GUTTER - 16.0, middle(row) + 3.5);
            self.put(format_args!("<text x=\"{x}\" y=\"{y}\">{}</text>", row + 1));
        }
        self.svg.push_str("</g>");
    }

    fn lane(&mut self, lane: &Lane) {
        let end = lane.end.or(lane.crash).unwrap_or(self.timeline.len());
        let Some(x) = self.x(lane.actor) else { return };
        if !self.is_in_sight(lane.begin, end) || self.is_beside(x, x) {
            return;
        }
        let class = if self.sight.actor == Some(lane.actor) { "line chosen" } else { "line" };
        let alive_until = lane.crash.unwrap_or(end);
        let begin = if lane.begin == 0 { 0.0 } else { middle(lane.begin) };
        let (from, to) = self.clipped(begin, middle(alive_until));
        self.put(format_args!(
            "<g data-do=\"actor:{}\"><path class=\"hit\" d=\"M{x} {from}V{to}\"/><path class=\"{class}\" d=\"M{x} {from}V{to}\"/></g>",
            lane.actor
        ));
        if lane.crash.is_some() && end > alive_until {
            let (from, to) = self.clipped(middle(alive_until), middle(end));
            self.put(format_args!("<path class=\"line dead\" d=\"M{x} {from}V{to}\"/>"));
        }
    }

    /// Long lines end a little outside of what is in sight.
    fn clipped(&self, from: f64, to: f64) -> (f64, f64) {
        let Sight { top, height, .. } = *self.sight;
        (from.max(top - ROW), to.min(top + height + ROW))
    }

    fn bar(&mut self, bar: &Bar) {
        let end = bar.end.unwrap_or(self.timeline.len());
        let Some(x) = self.x(bar.actor) else { return };
        if !self.is_in_sight(bar.begin, end) || self.is_beside(x, x) {
            return;
        }
        let (from, to) = self.clipped(middle(bar.begin), middle(end).max(middle(bar.begin) + 4.0));
        let left = x - BAR / 2.0 + BAR_STEP * bar.depth.min(5) as f64;
        let class = match (bar.waits, bar.message.is_some() && bar.message == self.sight.message) {
            (true, false) => "bar waits",
            (true, true) => "bar waits chosen",
            (false, false) => "bar",
            (false, true) => "bar chosen",
        };
        let action = match bar.message {
            Some(message) => format!("message:{message}"),
            None => format!("actor:{}", bar.actor),
        };
        self.put(format_args!(
            "<rect class=\"{class}\" data-do=\"{action}\" x=\"{left}\" y=\"{from}\" width=\"{BAR}\" height=\"{}\" rx=\"2\"/>",
            to - from
        ));
    }

    fn flight(&mut self, flight: &Flight) {
        self.sending(flight);
        self.answer(flight);
    }

    fn sending(&mut self, flight: &Flight) {
        let letter = &flight.letter;
        let begin = flight.sent.unwrap_or(0);
        let end = flight.taken.or(flight.lost).unwrap_or(begin);
        let Some(to) = self.x(letter.to) else { return };
        let from = self.x(letter.from).unwrap_or(to);
        let is_chosen = self.sight.message == Some(letter.number);
        if !self.is_in_sight(begin, end) || self.is_beside(from, to) {
            return;
        }
        let y0 = if flight.sent.is_some() { middle(begin) } else { 0.0 };
        let y1 = middle(end);
        let is_lost = flight.taken.is_none() && flight.lost.is_some();
        let waits = flight.taken.is_none() && flight.lost.is_none();
        let kind = match (letter.asks, is_lost) {
            (_, true) => "send lost",
            (true, _) => "send ask",
            (false, _) => "send",
        };
        let head = match (is_lost, waits, is_chosen) {
            (true, ..) | (_, true, _) => String::new(),
            (_, _, true) => " marker-end=\"url(#head-chosen)\"".to_string(),
            _ => " marker-end=\"url(#head-send)\"".to_string(),
        };
        let side = if to >= from { 1.0 } else { -1.0 };
        let tip = if from == to { to + BAR / 2.0 + 1.0 } else { to - side * (BAR / 2.0 + 1.0) };
        let path = match from == to {
            true => format!("M{from} {y0}h{LOOP}V{y1}H{tip}"),
            false => format!("M{from} {y0}L{tip} {y1}"),
        };
        let chosen = if is_chosen { " chosen" } else { "" };
        let held = if flight.is_delayed { " held" } else { "" };
        self.put(format_args!(
            "<g class=\"{kind}{held}{chosen}\" data-do=\"message:{}\"><title>{}</title><path class=\"hit\" d=\"{path}\"/><path class=\"arrow\" d=\"{path}\"{head}/>",
            letter.number,
            escape(&format!("message {}: {}", letter.number, brief(&message(letter), TITLE)))
        ));
        if is_lost {
            self.put(format_args!(
                "<path class=\"cross\" d=\"M{} {}l10 10m0 -10l-10 10\"/>",
                tip - 5.0,
                y1 - 5.0
            ));
        }
        if waits {
            self.put(format_args!(
                "<circle class=\"open\" cx=\"{}\" cy=\"{y1}\" r=\"3.5\"/>",
                tip - side * 3.5
            ));
        }
        if flight.sent.is_some() {
            self.label("name", from, to, y0 - 4.0, &message(letter));
        }
        self.svg.push_str("</g>");
    }

    fn answer(&mut self, flight: &Flight) {
        let Some(at) = flight.reply else { return };
        let Event { actor, kind: Kind::Reply { status, value, .. }, .. } = &self.timeline.events()[at] else {
            return;
        };
        let (Some(from), Some(to)) = (self.x(actor.unwrap_or(flight.letter.to)), self.x(flight.letter.from))
        else {
            return;
        };
        if !self.is_in_sight(at, at) || self.is_beside(from, to) {
            return;
        }
        let is_good = &**status == "answered";
        let is_chosen = self.sight.message == Some(flight.letter.number);
        let head = match (is_chosen, is_good) {
            (true, _) => "chosen",
            (_, true) => "answer",
            (_, false) => "bad",
        };
        let text = if is_good { value.as_deref().unwrap_or("") } else { status };
        let side = if to >= from { 1.0 } else { -1.0 };
        let y = middle(at);
        let class = if is_good { "answer" } else { "answer bad" };
        let chosen = if is_chosen { " chosen" } else { "" };
        let title =
            escape(&format!("answer to message {}: {status} {}", flight.letter.number, brief(text, TITLE)));
        self.put(format_args!(
            "<g class=\"{class}{chosen}\" data-do=\"message:{}\"><title>{title}</title>",
            flight.letter.number
        ));
        if from != to {
            let tip = to - side * (BAR / 2.0 + 1.0);
            self.put(format_args!(
                "<path class=\"hit\" d=\"M{from} {y}H{tip}\"/><path class=\"arrow\" d=\"M{from} {y}H{tip}\" marker-end=\"url(#head-{head})\"/>"
            ));
        }
        let to = if from == to { from + self.sight.lane } else { to };
        self.label("value", from, to, y - 4.0, text);
        self.svg.push_str("</g>");
    }

    /// A text that begins at a lane and has room up to another.
    fn label(&mut self, class: &str, from: f64, to: f64, y: f64, text: &str) {
        let room = if from == to { self.sight.lane - BAR } else { (to - from).abs() - BAR * 2.0 };
        let text = escape(&cut(text, room));
        if text.is_empty() {
            return;
        }
        let (x, anchor) = match to >= from {
            true => (from + BAR, "start"),
            false => (from - BAR, "end"),
        };
        self.put(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
        ));
    }

    /// What has no arrow.
    fn event(&mut self, row: usize, event: &Event) {
        let y = middle(row);
        let Some(x) = self.x(event.actor.unwrap_or_default()) else { return };
        match &event.kind {
            Kind::Spawn { to, .. } => {
                let Some(child) = self.x(*to) else { return };
                self.put(format_args!(
                    "<g class=\"spawn\" data-do=\"actor:{to}\"><path class=\"arrow\" d=\"M{x} {y}H{child}\"/><circle cx=\"{child}\" cy=\"{y}\" r=\"4\"/></g>"
                ));
            }
            Kind::State { states, .. } if !states.is_empty() => {
                self.label("state", x, x, y + 3.5, &states_text(states));
            }
            Kind::Crash { why, .. } => {
                let title = escape(&brief(why, TITLE));
                self.put(format_args!(
                    "<g class=\"crash\"><title>{title}</title><path class=\"cross\" d=\"M{} {}l12 12m0 -12l-12 12\"/>",
                    x - 6.0,
                    y - 6.0
                ));
                self.label("why", x, x, y + 3.5, why);
                self.svg.push_str("</g>");
            }
            Kind::Kill { actor } => {
                let Some(x) = self.x(*actor) else { return };
                self.label("why", x, x, y + 3.5, "killed by a command");
            }
            Kind::End => self.put(format_args!("<path class=\"end\" d=\"M{} {y}h12\"/>", x - 6.0)),
            Kind::Other(name) => self.label("state", x, x, y + 3.5, name),
            _ => {}
        }
    }

    /// What has not happened yet is faint.
    fn cursor(&mut self) {
        let Sight { left, top, width, height, position, .. } = *self.sight;
        let y = position as f64 * ROW;
        if y < top - ROW || y > top + height {
            if y <= top {
                self.put(format_args!(
                    "<rect class=\"future\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>"
                ));
            }
            return;
        }
        self.put(format_args!(
            "<rect class=\"future\" x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{}\"/><path class=\"cursor\" d=\"M{left} {y}h{width}\"/>",
            (top + height - y).max(0.0)
        ));
    }
}

fn middle(row: usize) -> f64 {
    (row as f64 + 0.5) * ROW
}

/// As much of a text as there is room for.
fn cut(text: &str, room: f64) -> String {
    let most = (room / LETTER).max(0.0) as usize;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= most && line.len() == text.len() {
        return line.to_string();
    }
    let kept: String = line.chars().take(most.saturating_sub(1)).collect();
    if kept.is_empty() { kept } else { kept + "…" }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
