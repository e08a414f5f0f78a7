// Trees of tree-sitter as objects, from what its command prints as XML.
import { readFileSync } from "node:fs";
import { treeSitter, withList } from "./cli.mjs";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&apos;": "'" };
const unescape = (text) => text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);

/** A named node. `parts` are its children in order; a string among them is a token without a name, such as `mut`. */
export class Node {
  constructor(type, field, start, end, source) {
    Object.assign(this, { type, field, start, end, source, parts: [] });
  }
  /** Without comments, which may stand anywhere. */
  get tokens() {
    return this.parts.filter((part) => !(part instanceof Node && part.type.endsWith("_comment")));
  }
  get children() {
    return this.tokens.filter((part) => part instanceof Node);
  }
  get text() {
    return this.source.subarray(this.start, this.end).toString("utf8");
  }
  has(token) {
    return this.tokens.includes(token);
  }
  get(field) {
    return this.children.find((child) => child.field === field);
  }
  all(...types) {
    return this.children.filter((child) => types.includes(child.type));
  }
  /** This node and all below it. */
  *walk() {
    yield this;
    for (const child of this.parts) if (child instanceof Node) yield* child.walk();
  }
}

class Source {
  constructor(path) {
    this.bytes = readFileSync(path);
    this.lines = [0];
    for (let at = this.bytes.indexOf(10); at >= 0; at = this.bytes.indexOf(10, at + 1)) this.lines.push(at + 1);
  }
}

function parseXml(xml, source) {
  const root = new Node("file", undefined, 0, 0, source.bytes);
  const stack = [root];
  for (const [, text, tag] of xml.matchAll(/([^<]*)<([^>]*)>/g)) {
    const top = stack.at(-1);
    top.parts.push(...unescape(text).split("\n").map((line) => line.trim()).filter(Boolean));
    if (tag.startsWith("/")) {
      stack.pop();
      continue;
    }
    const [type] = /^\w+/.exec(tag);
    const attribute = Object.fromEntries([...tag.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const at = (row, column) => source.lines[+attribute[row]] + +attribute[column];
    const node = new Node(type, attribute.field, at("srow", "scol"), at("erow", "ecol"), source.bytes);
    node.parent = top;
    top.parts.push(node);
    if (!tag.endsWith("/")) stack.push(node);
  }
  return root.children[0];
}

/** The trees of files, by their paths. */
export function* parse(paths, chunk = 100) {
  for (let from = 0; from < paths.length; from += chunk) {
    const some = paths.slice(from, from + chunk);
    const { stdout, stderr } = withList(some, (list) => treeSitter(["parse", "--xml", "--paths", list]));
    const parts = stdout.split(/<source name="[^"]*">/).slice(1);
    if (parts.length !== some.length) throw new Error(`${some.length} files have ${parts.length} trees: ${stderr}`);
    for (const [index, path] of some.entries()) {
      yield [path, parseXml(parts[index].split("</source>")[0], new Source(path))];
    }
  }
}
