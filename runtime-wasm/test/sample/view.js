// What sample.wat imports.
export const drawn = [];

export function draw(x, y) {
  if (x < 0) throw new Error("out of the picture");
  drawn.push([x, y]);
}

export async function load(name) {
  return `loaded ${name}`;
}
