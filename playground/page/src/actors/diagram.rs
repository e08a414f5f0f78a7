//! The sequence diagram in its place: it scrolls, and draws what is in sight.

use super::{shown_actor, shown_message, view};
use crate::dom::{self, by_id};
use crate::markdown::escape;
use playground_model::diagram::{GUTTER, ROW, Sight, height, lane_at, lane_width, svg, width};
use playground_model::timeline::Timeline;
use playground_model::world::World;
use std::cell::Cell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement, ResizeObserver};

thread_local! {
    static IS_ASKED_FOR: Cell<bool> = const { Cell::new(false) };
}

/// What is drawn around what is in sight, in units.
const AROUND: f64 = 6.0 * ROW;
/// How high the heads of lanes are.
const HEADS: f64 = 30.0;

fn place() -> HtmlElement {
    by_id("trace-diagram")
}

pub fn build() {
    let place = place();
    dom::on(&place, "scroll", |_: Event| draw_sight());
    let resized = Closure::<dyn FnMut(JsValue)>::new(|_| draw_sight());
    // The page has the one diagram for as long as it lives.
    let observer = ResizeObserver::new(resized.into_js_value().unchecked_ref()).expect("it is a function");
    observer.observe(&place);
}

/// How many pixels a unit is: a 16th of the reader's size of type.
fn scale() -> f64 {
    dom::root_font_size() / 16.0
}

/// How wide a lane is, in units.
fn lane(timeline: &Timeline, scale: f64) -> f64 {
    lane_width(timeline, f64::from(place().client_width()) / scale)
}

pub fn draw() {
    let scale = scale();
    {
        let timeline = view().timeline.borrow();
        let space = by_id::<HtmlElement>("trace-space");
        let (wide, high) =
            (width(&timeline, lane(&timeline, scale)) * scale, (height(&timeline) + ROW) * scale);
        dom::set(&space, "style", &format!("width:{wide}px;height:{high}px"));
        let heads = by_id::<HtmlElement>("trace-heads");
        dom::set(&heads, "style", &format!("width:{wide}px"));
    }
    if view().parts.takes_reveal() {
        reveal(scale);
    }
    draw_sight_now();
}

/// Brings the row of the position into sight, and the lane of its actor.
fn reveal(scale: f64) {
    let place = place();
    let timeline = view().timeline.borrow();
    let at = view().position.get();
    let y = at as f64 * ROW * scale;
    let (top, room) = (f64::from(place.scroll_top()), f64::from(place.client_height()) - HEADS * scale);
    if y < top + 2.0 * ROW * scale || y > top + room - 2.0 * ROW * scale {
        let share = if view().follows.get() { 0.95 } else { 0.4 };
        place.set_scroll_top((y - room * share).max(0.0) as i32);
    }
    let actor = timeline.event_at(at).and_then(|event| event.actor);
    let index = actor.and_then(|actor| timeline.lanes().iter().position(|lane| lane.actor == actor));
    if let Some(index) = index {
        let lane = lane(&timeline, scale);
        let (left, wide) = (f64::from(place.scroll_left()), f64::from(place.client_width()));
        let x = lane_at(index, lane) * scale;
        let edge = lane / 2.0 * scale;
        if x - edge < left || x + edge > left + wide {
            place.set_scroll_left((x - wide / 2.0).max(0.0) as i32);
        }
    }
}

/// Before the next frame.
fn draw_sight() {
    if !IS_ASKED_FOR.replace(true) {
        dom::next_frame(|| {
            IS_ASKED_FOR.set(false);
            draw_sight_now();
        });
    }
}

fn draw_sight_now() {
    let scale = scale();
    let place = place();
    let (actor, message, position) = (shown_actor(), shown_message(), view().position.get());
    let timeline = view().timeline.borrow();
    if timeline.is_empty() || place.client_height() == 0 {
        return;
    }
    let lane = lane(&timeline, scale);
    let left = (f64::from(place.scroll_left()) / scale - AROUND).max(0.0);
    let top = (f64::from(place.scroll_top()) / scale - AROUND).max(0.0);
    let right = (f64::from(place.scroll_left() + place.client_width()) / scale + AROUND)
        .min(width(&timeline, lane).max(f64::from(place.client_width()) / scale));
    let bottom = f64::from(place.scroll_top() + place.client_height()) / scale + AROUND;
    let bottom = bottom.min(height(&timeline) + ROW).max(top + ROW);
    let edge = f64::from(place.scroll_left()) / scale;
    let sight =
        Sight { edge, lane, left, top, width: right - left, height: bottom - top, position, actor, message };
    let picture = by_id::<HtmlElement>("trace-svg");
    let style = format!(
        "left:{}px;top:{}px;width:{}px;height:{}px",
        left * scale,
        (top + HEADS) * scale,
        sight.width * scale,
        sight.height * scale
    );
    dom::set(&picture, "style", &style);
    picture.set_inner_html(&svg(&timeline, &sight));
    let world = timeline.world(position);
    draw_heads(&world, &sight, scale);
}

fn draw_heads(world: &World, sight: &Sight, scale: f64) {
    let width = sight.lane;
    let timeline = view().timeline.borrow();
    let chosen = shown_actor();
    let mut html = String::new();
    for (index, lane) in timeline.lanes().iter().enumerate() {
        let x = GUTTER + width * index as f64;
        if x + width < sight.left || x > sight.left + sight.width {
            continue;
        }
        // Those that are spawned later are there, and faint.
        let actor = world.actor(lane.actor);
        let title = timeline.now().title(lane.actor);
        let status = actor.map_or("unborn", |actor| actor.status().text());
        let depth = actor.map_or(0, |actor| actor.mailbox.len());
        let badge = if depth == 0 { String::new() } else { format!("<b class=\"depth\">{depth}</b>") };
        let (name, number) = match title.rsplit_once(" #") {
            Some((name, number)) => (name, format!("<span>#{number}</span>")),
            None => (title.as_str(), String::new()),
        };
        let class = if chosen == Some(lane.actor) { "head chosen" } else { "head" };
        html += &format!(
            "<button type=\"button\" tabindex=\"-1\" class=\"{class}\" data-status=\"{status}\" data-do=\"actor:{}\" title=\"{}: {status}\" \
             style=\"left:{}px;width:{}px\"><i class=\"dot\"></i><span class=\"name\">{}</span>{number}{badge}</button>",
            lane.actor,
            escape(&title),
            x * scale,
            width * scale,
            escape(name)
        );
    }
    let heads = by_id::<Element>("trace-heads");
    heads.set_inner_html(&html);
}
