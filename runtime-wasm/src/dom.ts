/** What `std.dom` of GAL's library calls. Names are those in library/std/dom.gal. */

/** A `Js?`: a `Js` may be `undefined` itself. */
const found = (element: Element | null) => element && { some: element };

export const query = (selector: string): unknown => found(document.querySelector(selector));

export const query_all = (selector: string): unknown[] => [...document.querySelectorAll(selector)];

export const create = (tag: string): unknown => document.createElement(tag);

export const body = (): unknown => document.body;

export const query_in = (element: Element, selector: string): unknown => found(element.querySelector(selector));

export const text = (element: Element): string => element.textContent ?? "";

export function set_text(element: Element, text: string): void {
  element.textContent = text;
}

export const attribute = (element: Element, name: string): string | undefined => element.getAttribute(name) ?? undefined;

export const set_attribute = (element: Element, name: string, value: string): void => element.setAttribute(name, value);

export const remove_attribute = (element: Element, name: string): void => element.removeAttribute(name);

/** Of what a form's element has; "" of others. */
export const value = (element: Element): string => String((element as HTMLInputElement).value ?? "");

export function set_value(element: Element, value: string): void {
  (element as HTMLInputElement).value = value;
}

export const append = (element: Element, child: Element): void => element.append(child);

export const insert_before = (element: Element, before: Element): void => before.before(element);

export const remove = (element: Element): void => element.remove();

export const clear = (element: Element): void => element.replaceChildren();

export const set_class = (element: Element, name: string, on: boolean): void => void element.classList.toggle(name, on);

export const has_class = (element: Element, name: string): boolean => element.classList.contains(name);

export const set_style = (element: HTMLElement, name: string, value: string): void => element.style.setProperty(name, value);

export const focus = (element: HTMLElement): void => element.focus();

export function size(element: Element): [number, number] {
  const { width, height } = element.getBoundingClientRect();
  return [width, height];
}

interface Heard {
  kind: string;
  key: string;
  x: number;
  y: number;
  value: string;
  source: unknown;
}

function heard(event: Event): Heard {
  const { key = "", offsetX = 0, offsetY = 0 } = event as Partial<KeyboardEvent & MouseEvent>;
  const target = event.target instanceof Element ? event.target : undefined;
  return { kind: event.type, key, x: offsetX, y: offsetY, value: target ? value(target) : "", source: event };
}

/** What `stop` takes back. */
interface Listener {
  element: EventTarget;
  kind: string;
  hears: (event: Event) => void;
  isOpen: boolean;
}

export function on(element: EventTarget, kind: string, prevents: boolean, f: (event: Heard) => void): Listener {
  const hears = (event: Event) => {
    if (prevents) event.preventDefault();
    f(heard(event));
  };
  element.addEventListener(kind, hears);
  return { element, kind, hears, isOpen: true };
}

/** Whether it was open. */
export function stop(listener: Listener): boolean {
  const { element, kind, hears, isOpen } = listener;
  element.removeEventListener(kind, hears);
  listener.isOpen = false;
  return isOpen;
}

/** The time of the next frame, in milliseconds. */
export const next_frame = (): Promise<number> => new Promise(requestAnimationFrame);

// ------------------------------------------------------------ canvas

export function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext?.("2d");
  if (!context) throw new TypeError("the element is no canvas");
  return context;
}

export const canvas_size = ({ canvas }: CanvasRenderingContext2D): [number, number] => [canvas.width, canvas.height];

export function wipe(context: CanvasRenderingContext2D): void {
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
}

export function set_colour(context: CanvasRenderingContext2D, colour: string): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
}

export const fill_rect = (context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void =>
  context.fillRect(x, y, w, h);

/** Many circles in one call: x, y and radius of each. */
export function fill_circles(context: CanvasRenderingContext2D, circles: ArrayLike<number>): void {
  context.beginPath();
  for (let i = 0; i + 2 < circles.length; i += 3) {
    const [x, y, r] = [circles[i]!, circles[i + 1]!, circles[i + 2]!];
    context.moveTo(x + r, y);
    context.arc(x, y, r, 0, 2 * Math.PI);
  }
  context.fill();
}

export function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

export const fill_text = (context: CanvasRenderingContext2D, text: string, x: number, y: number): void =>
  context.fillText(text, x, y);
