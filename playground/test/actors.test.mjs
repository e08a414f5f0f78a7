// The view of actors in Chromium: the sequence of messages, what is at each moment, and faults on demand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, open, outcome, output, problems, run, skip, violations, withBrowser, write } from "./reader.mjs";

withBrowser();

const COUNTER = `actor Counter {
    state count: Int = 0
    on Add(n: Int) { count += n }
    on Get -> Int { count }
}

fn main() {
    let counter = spawn Counter()
    send(counter, Add(2))
    send(counter, Add(40))
    println(ask(counter, Get))
}
`;

const SUPERVISED = `use std.supervisor.{Intensity, Supervisor, supervised}

actor Worker {
    on Work(n: Int) -> Int { 10 / n }
}

fn main() {
    let boss = spawn Supervisor(OneForOne, Intensity.new(3, 1s))
    let worker = supervised(boss, "worker", || spawn Worker())
    println(try ask(worker.now(), Work(0)))
    println(ask(worker.now(), Work(2)))
}
`;

/** Two messages reach an actor that waits: its mailbox fills. */
const SLOW = `use std.time.sleep

actor Slow {
    state done: Int = 0
    on Work(n: Int) {
        sleep(1s)
        done += n
    }
}

fn main() {
    let slow = spawn Slow()
    for n in 1..=4 { send(slow, Work(n)) }
}
`;

const ENDLESS = `actor Ping {
    state n: Int = 0
    on Hit {
        n += 1
        send(self, Hit)
    }
}

fn main() { send(spawn Ping(), Hit) }
`;

const note = (page, pattern) => page.waitForFunction((source) => new RegExp(source).test(document.querySelector("#trace-note")?.textContent), pattern.source);
const text = (page, selector) => page.textContent(selector);
const position = async (page) => Number(await page.inputValue("#trace-position"));
/** What is drawn is drawn before the next frame. */
const frame = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Opens the view and runs what is there, or a program. */
async function trace(page, program, ended = /events of .*(Finished|Ended|Paused)/) {
  if (program !== undefined) {
    await write(page, program);
    await problems(page, "No problems");
  }
  await page.click("#tab-actors");
  await page.click("#trace-run");
  await note(page, ended);
}

async function seek(page, to) {
  await page.locator("#trace-position").evaluate((slider, to) => {
    slider.value = to;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, to);
  await frame(page);
}

/** The events as lines of text. */
async function events(page) {
  if ((await page.getAttribute("#trace-list", "aria-pressed")) !== "true") await page.click("#trace-list");
  await page.waitForFunction(() => document.querySelectorAll("#trace-rows tr").length === Number(document.querySelector("#trace-position").max));
  return page.locator("#trace-rows tr").evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" | ")));
}

/** Goes to the event with this part in its text. */
async function seekTo(page, part) {
  const index = (await events(page)).findIndex((line) => line.includes(part));
  assert.ok(index >= 0, `no event has ${part}`);
  await seek(page, index + 1);
  return index + 1;
}

const states = (page) => page.locator("#trace-inspector .states dd").allTextContents();
const tree = (page) => page.locator("#trace-inspector .tree li").evaluateAll((rows) => rows.map((row) => row.textContent.replace(/\s+/g, " ").trim()));
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

test("a trace tells what actors do, and is no output", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER.replace("Get))\n", 'Get))\n    panic("over")\n'));
  assert.match(await text(page, "#trace-note"), /^\d+ events of 2 actors\. Ended by a panic, with status 101/);
  const rows = await events(page);
  assert.ok(rows.some((row) => /main \| sends to Counter #1: Add\(2\) message 2/.test(row)), rows.join("\n"));
  assert.ok(rows.some((row) => /Counter #1 \| has now count = 2/.test(row)) && rows.some((row) => /Counter #1 \| answers 42/.test(row)));
  assert.match(await output(page), /^42\npanic at main\.gal:12:.*over\n$/);
  assert.deepEqual(page.faults, []);
});

test("the sequence of messages is drawn: sends, questions, answers, handlers", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await frame(page);
  const count = (selector) => page.locator(`#trace-svg ${selector}`).count();
  assert.deepEqual([await count("g.send:not(.ask)"), await count("g.send.ask"), await count("g.answer")], [3, 1, 1]);
  assert.ok((await count(".bar")) >= 4);
  const names = await page.locator("#trace-svg .name").allTextContents();
  assert.deepEqual(names, ["new", "Add(2)", "Add(40)", "Get"]);
  assert.deepEqual(await page.locator("#trace-heads .head").allTextContents(), ["main", "Counter#1"]);
});

test("stepping back shows what an actor was before", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await page.locator(".tree button", { hasText: "Counter #1" }).click();
  await frame(page);
  assert.deepEqual(await states(page), ["42"]);
  const end = await position(page);
  await press(page, "To the beginning");
  await frame(page);
  assert.equal(await text(page, "#trace-event"), "Nothing has happened yet.");
  assert.match(await text(page, "#trace-inspector"), /Counter #1.*not spawned yet/);
  const seen = new Set();
  for (let n = 0; n < end; n++) {
    await press(page, "Forwards by an event");
    await frame(page);
    (await states(page)).forEach((state) => seen.add(state));
  }
  assert.deepEqual([...seen], ["0", "2", "42"]);
  for (let n = 0; n < 4; n++) await press(page, "Back to the message before");
  await frame(page);
  assert.match(await text(page, "#trace-event"), /^main sends to Counter #1: new \(message 1\)$/);
  assert.deepEqual(await states(page), []);
});

test("mailboxes have depths, and their messages are listed", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, SLOW);
  await page.locator(".tree button", { hasText: "Slow #1" }).click();
  await seekTo(page, "takes Work");
  assert.equal(await text(page, "#trace-inspector section h3"), "Mailbox 3");
  assert.deepEqual(await page.locator(".letters button").allTextContents(), ["Work(2)", "Work(3)", "Work(4)"]);
  assert.match((await tree(page))[1], /^Slow #1\s?3\s?runs$/);
  await press(page, "Forwards by an event");
  await frame(page);
  assert.match(await text(page, ".inspector .status"), /^waits/);
  await press(page, "To the end");
  await frame(page);
  assert.deepEqual([await states(page), await page.locator("#trace-inspector section h3").count()], [["10"], 0]);
});

test("the tree has supervisors, and children that were started again", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, SUPERVISED);
  await seekTo(page, "answers 5");
  const rows = await tree(page);
  const of = (name) => rows.find((row) => row.startsWith(name));
  assert.match(of("Worker #3"), /crashed.*as #4$/);
  assert.match(of("Worker #4"), /runs.*after #3$/);
  const depths = await page.locator(".tree li button").evaluateAll((buttons) => buttons.map((button) => button.getAttribute("style")));
  assert.deepEqual(depths, ["--depth:0", "--depth:1", "--depth:2", "--depth:2", "--depth:1"]);
  await page.locator(".tree button", { hasText: "Worker #3" }).click();
  await frame(page);
  assert.match(await text(page, ".inspector .status"), /^crashed: division by zero at main\.gal:4:.*started again as Worker #4$/);
});

test("a message is dropped, and comes back", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await seekTo(page, "Add(40)");
  await press(page, "Drop");
  await note(page, /Finished/);
  await page.waitForFunction(() => document.querySelector("#trace-event").textContent === "Counter #1 loses a message (message 3)");
  assert.equal(await output(page), "2\n");
  assert.deepEqual(await page.locator(".chip code").allTextContents(), ["drop 3"]);
  await page.click("#trace-list");
  await frame(page);
  assert.equal(await page.locator("#trace-svg g.send.lost").count(), 1);
  await press(page, "Remove drop 3");
  await page.waitForFunction(() => document.querySelector("#output").textContent === "42\n");
  assert.equal(await page.locator(".chip").count(), 0);
});

test("a message is held back behind others", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await seekTo(page, "Add(2)");
  await page.fill("#trace-delay", "9");
  await page.locator(".delay button").click();
  await page.waitForFunction(() => document.querySelector("#output").textContent === "40\n");
  await note(page, /Finished/);
  assert.deepEqual(await page.locator(".chip code").allTextContents(), ["delay 2 9"]);
  assert.match(await text(page, "#trace-inspector"), /message 2, held back by a command/);
  assert.match(await text(page, ".tree"), /Held back: Add\(2\)/);
});

test("an actor is killed at the moment that is shown", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await page.locator(".tree button", { hasText: "Counter #1" }).click();
  await seekTo(page, "Add(40)");
  await press(page, "Kill here");
  await note(page, /status 101/);
  await page.waitForFunction(() => document.querySelector("#trace-event").textContent === "a command ends Counter #1");
  assert.deepEqual(await page.locator(".chip code").allTextContents(), ["at 3 kill 1"]);
  assert.match(await output(page), /no answer: Crashed/);
});

test("constructors are not dropped", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await seekTo(page, "Counter #1: new");
  assert.match(await text(page, "#trace-inspector .message"), /message 1/);
  assert.equal(await page.locator("#trace-inspector .message .do button").count(), 1);
});

test("commands are typed, and the runtime judges them", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await page.click(".faults summary");
  await page.fill("#trace-command", "run 2");
  await page.press("#trace-command", "Enter");
  await note(page, /Paused by a command, with status 104/);
  assert.match((await events(page)).at(-1), /a command pauses the program/);
  await press(page, "Remove run 2");
  await note(page, /Finished/);
  await page.fill("#trace-command", "explode 3");
  await page.press("#trace-command", "Enter");
  await note(page, /The program has not begun: trace command in line 1, `explode 3`: write `at N pause`/);
  await page.fill("#trace-command", "x".repeat(81));
  await page.press("#trace-command", "Enter");
  await page.waitForFunction(() => /at most 80 characters/.test(document.querySelector("#toast").textContent));
  await page.fill("#trace-command", "drop 99");
  await page.press("#trace-command", "Enter");
  await press(page, "Remove explode 3");
  await note(page, /Finished/);
  assert.deepEqual(await page.locator(".chip code").allTextContents(), ["drop 99"]);
});

test("a fault that does not come about is told", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await page.click(".faults summary");
  await page.fill("#trace-command", "drop 99");
  await page.press("#trace-command", "Enter");
  await page.waitForFunction(() => /`drop 99` has had no effect/.test(document.querySelector("#toast").textContent));
});

test("a run is the same each time, and another with another seed", { skip }, async (t) => {
  const page = await open(t, { fragment: "#example/lost_update" });
  await trace(page);
  const plain = await events(page);
  assert.match(await output(page), /carelessly: the account has 30/);
  await page.click("#trace-run");
  await note(page, /Finished/);
  assert.deepEqual(await events(page), plain);
  await page.fill("#trace-seed", "3");
  await page.press("#trace-seed", "Enter");
  await page.waitForFunction(() => /carelessly: the account has 10/.test(document.querySelector("#output").textContent));
  await note(page, /Finished/);
  assert.notDeepEqual(await events(page), plain);
  assert.equal(await page.inputValue("#seed"), "3");
  await page.getByRole("button", { name: "Another seed" }).click();
  await page.waitForFunction(() => document.querySelector("#trace-seed").value !== "3");
  await note(page, /Finished/);
});

test("a link with seed and faults replays the very trace, at the moment that was shown", { skip }, async (t) => {
  const page = await open(t, { fragment: "#example/lost_update" });
  await page.click("#tab-actors");
  await page.fill("#trace-seed", "6");
  await page.press("#trace-seed", "Enter");
  await note(page, /events of .*Finished/);
  await seekTo(page, "Set(20)");
  await press(page, "Drop");
  await page.waitForFunction(() => /loses a message/.test(document.querySelector("#trace-event").textContent));
  await note(page, /Finished|Ended/);
  const [own, at, printed] = [await events(page), await position(page), await output(page)];
  await page.click("#share");
  const link = await page.inputValue("#link");
  const other = await open(t, { fragment: new URL(link).hash });
  await note(other, new RegExp(`The link shows the moment after ${at} events`));
  assert.equal(await text(other, "#output"), "", "nothing runs by itself");
  assert.equal(await other.inputValue("#trace-seed"), "6");
  assert.equal(await other.locator(".chip").count(), 1);
  await run(other);
  await note(other, /events of .*(Finished|Ended)/);
  assert.deepEqual([await events(other), await position(other), await output(other)], [own, at, printed]);
  // What is worked on is kept with its seed and faults.
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#seed").value === "6");
  await page.click("#tab-actors");
  await page.waitForSelector(".chip");
});

test("messages and actors lead to their source", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  const cursor = (place) => page.waitForFunction((place) => document.querySelector("#status-cursor").textContent === place, place);
  await seekTo(page, "Add(2)");
  await page.locator(".message").getByRole("button", { name: "Go to source" }).click();
  await cursor("3:11");
  await page.locator(".actor").getByRole("button", { name: "Go to source" }).click();
  await cursor("7:8");
  // By the diagram: an arrow, and Enter.
  await page.click("#trace-list");
  await frame(page);
  await page.locator("#trace-svg g.ask .name").click();
  await frame(page);
  assert.match(await text(page, ".message h2"), /^Get$/);
  await page.focus("#trace-diagram");
  await page.keyboard.press("Enter");
  await cursor("4:11");
  await page.locator("#trace-heads .head", { hasText: "Counter" }).click();
  await frame(page);
  await page.locator(".actor").getByRole("button", { name: "Go to source" }).click();
  await cursor("1:14");
  await trace(page, SUPERVISED);
  await page.locator(".tree button", { hasText: "Supervisor #1" }).click();
  await frame(page);
  await page.locator(".actor").getByRole("button", { name: "Go to source" }).click();
  await page.waitForFunction(() => /`Supervisor` is none of this program's files'/.test(document.querySelector("#toast").textContent));
});

test("a trace that grows without an end is paused, and goes on", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, ENDLESS, /Paused: 5,000 events are kept/);
  assert.equal(await position(page), 5000);
  const last = /message (\d+)/.exec((await events(page)).findLast((line) => /sends to/.test(line)))[1];
  await page.click("#trace-on");
  await note(page, new RegExp(`5,000 events of 2 actors from message ${last} on\\. Paused`));
  const rows = await events(page);
  assert.match(rows[0], new RegExp(`sends to Ping #1: Hit message ${last}$`));
  await seek(page, 0);
  assert.equal(await text(page, "#trace-event"), `Before message ${last} is sent.`);
  await press(page, "From the beginning");
  await note(page, /^5,000 events of 2 actors\. Paused/);
  assert.equal(await position(page), 0);
});

test("the sequence grows while the program runs, and is paused", { skip }, async (t) => {
  const page = await open(t);
  const busy = "actor Busy {\n    state n: Int = 0\n    on Work {\n        for i in 0..30_000_000 { n = n +% i }\n        send(self, Work)\n    }\n}\n\nfn main() { send(spawn Busy(), Work) }\n";
  await trace(page, busy, /events of 2 actors\. Running/);
  const length = () => page.locator("#trace-position").evaluate((slider) => Number(slider.max));
  const before = await length();
  await page.waitForFunction((before) => Number(document.querySelector("#trace-position").max) > before, before);
  const follows = () => page.locator("#trace-position").evaluate((slider) => slider.value === slider.max);
  assert.ok(await follows(), "it follows");
  await press(page, "Back by an event");
  await page.waitForFunction((before) => Number(document.querySelector("#trace-position").max) > before, await length());
  assert.ok(!(await follows()), "it does not follow any more");
  await press(page, "Pause");
  await note(page, /Paused\. Continue runs the same once more/);
  const paused = await length();
  await page.waitForTimeout(300);
  assert.equal(await length(), paused);
  await press(page, "Continue");
  await note(page, /Running/);
  await press(page, "Pause");
  await note(page, /Paused/);
});

test("a large trace stays fluent: only what is in sight is drawn", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, ENDLESS, /Paused: 5,000 events are kept/);
  await frame(page);
  assert.ok((await page.locator("#trace-svg .row").count()) < 60);
  const ms = await page.evaluate(async () => {
    const diagram = document.querySelector("#trace-diagram");
    const begin = performance.now();
    for (let n = 0; n < 20; n++) {
      diagram.scrollTop = (n * diagram.scrollHeight) / 20;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
    return (performance.now() - begin) / 20;
  });
  assert.ok(ms < 150, `${ms} ms for each place`);
  for (const key of ["Home", "End", "ArrowUp", "ArrowLeft"]) await page.press("#trace-diagram", key);
  await frame(page);
  assert.ok((await position(page)) > 4900);
});

test("the program's own output has its limit beside the trace", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, 'fn main() {\n    loop { println("water water water water water") }\n}\n', /may write 1024 KiB here/);
});

test("a trace of large states has its limit", { skip }, async (t) => {
  const page = await open(t);
  const large = 'actor Large {\n    state text: String = "x".repeat(300_000)\n    on Hit { }\n}\n\nfn main() {\n    let large = spawn Large()\n    for _ in 0..100 { send(large, Hit) }\n}\n';
  await trace(page, large, /may write 16 MiB of what its actors do here/);
  // The line that was cut off is no output.
  assert.equal(await output(page), "");
  await seekTo(page, "has now text");
  assert.ok((await states(page))[0].length < 2100, "its beginning is shown");
});

test("a delay is by messages, one or more", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await seekTo(page, "Add(2)");
  await page.fill("#trace-delay", "0");
  await page.locator(".delay button").click();
  await page.waitForFunction(() => /1 or more/.test(document.querySelector("#toast").textContent));
  assert.equal(await page.locator(".chip").count(), 0);
});

test("the view works by keys alone", { skip }, async (t) => {
  const page = await open(t);
  await write(page, COUNTER);
  await problems(page, "No problems");
  await page.keyboard.press("Control+7");
  await page.focus("#tab-actors");
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute("aria-label") || document.activeElement.textContent);
  const tab = async (to) => {
    for (let n = 0; n < 30 && (await focused()) !== to; n++) await page.keyboard.press("Tab");
    assert.equal(await focused(), to);
  };
  await tab("trace-run");
  await page.keyboard.press("Enter");
  await note(page, /Finished/);
  await tab("trace-position");
  const end = await position(page);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await position(page), end - 1);
  await page.keyboard.press("Home");
  assert.equal(await position(page), 0);
  await tab("trace-diagram");
  const keys = [["ArrowDown", 1], ["ArrowRight", 2], ["ArrowRight", 3], ["ArrowLeft", 2], ["ArrowUp", 1], ["End", end], ["Home", 0]];
  for (const [key, at] of keys) {
    await page.keyboard.press(key);
    await frame(page);
    assert.equal(await position(page), at, key);
  }
  assert.equal(await page.getAttribute("#trace-position", "aria-valuetext"), `0 of ${end}`);
  assert.equal(await page.getAttribute("#trace-event", "role"), "status");
  for (const key of ["ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await frame(page);
  await tab("trace-inspector");
  await tab("Drop");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#output").textContent === "40\n");
  await note(page, /Finished/);
  await page.focus("#trace-run");
  await tab("Remove drop 2");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#output").textContent === "42\n");
});

test("the view fits a phone", { skip }, async (t) => {
  const page = await open(t, { viewport: PHONE, hasTouch: true, isMobile: true, fragment: "#example/bank" });
  await page.locator("#tab-actors").tap();
  await page.locator("#trace-run").tap();
  await note(page, /Finished/);
  const { document: wide, panel } = await page.evaluate(() => ({ document: document.scrollingElement.scrollWidth, panel: document.querySelector("#panel-actors").scrollWidth }));
  assert.ok(wide <= PHONE.width && panel <= PHONE.width, `${wide} and ${panel} pixels wide`);
  await page.getByRole("button", { name: "Back to the message before" }).tap();
  await frame(page);
  assert.match(await text(page, "#trace-event"), /message \d+/);
  const boxes = await page.evaluate(() => ["trace-diagram", "trace-inspector"].map((id) => document.getElementById(id).getBoundingClientRect().top));
  assert.ok(boxes[1] > boxes[0] + 200, "one below the other");
});

test("axe finds nothing wrong with the view", { skip }, async (t) => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(t, { colorScheme });
    await page.click("#tab-actors");
    assert.deepEqual(await violations(page), [], `empty, ${colorScheme}`);
    await trace(page, SUPERVISED);
    await seekTo(page, "crashes");
    await page.click(".faults summary");
    await page.fill("#trace-command", "delay 9 2");
    await page.press("#trace-command", "Enter");
    await note(page, /Finished|Ended/);
    assert.deepEqual(await violations(page), [], `list, ${colorScheme}`);
    await page.click("#trace-list");
    await frame(page);
    assert.deepEqual(await violations(page), [], `diagram, ${colorScheme}`);
  }
});

test("other programs, and runs without a trace, leave no trace of another", { skip }, async (t) => {
  const page = await open(t);
  await trace(page, COUNTER);
  await page.click("#tab-output");
  await run(page);
  await outcome(page, /^Finished/);
  await page.goto(page.url().split("#")[0] + "#example/hello");
  await page.waitForFunction(() => !document.querySelector("#editor .cm-content").textContent.includes("Counter"));
  await page.click("#tab-actors");
  await note(page, /^A trace shows every message/);
  assert.equal(await page.locator("#trace-shown").isVisible(), false);
});
