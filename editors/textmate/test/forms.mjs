// How often each construct stands in a program whose keyword is one only there, by the tree that galc prints.

/** The tree of `galc build --emit ast`, as nested arrays of texts. */
function readTree(text) {
  const TOKEN = /\s+|[()]|"(?:[^"\\]|\\.)*"|'(?:\\(?:u\{[^}]*\}|.)|[^\\'])'|:.[<^>][^\s()]*|[^\s()"]+/gsu;
  const stack = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "(") stack.push([]);
    else if (token === ")") stack.at(-2).push(stack.pop());
    else if (!/^\s/.test(token)) stack.at(-1).push(token);
  }
  return stack[0];
}

/** The kinds of nodes, with the keyword that each is written with. */
const KEYWORDS = {
  ask: "ask", "try-ask": "ask", dyn: "dyn", new: "new", on: "on", reply: "reply", select: "select", send: "send",
  spawn: "spawn", state: "state", test: "test", timeout: "timeout", when: "when", yield: "yield", try: "catch",
};

/** Nodes whose lists begin with the names of fields, rather than with the kind of a node. */
const NAMED = new Set(["struct", "fields", "iso-struct"]);

/** Counts the keywords in the program that galc has printed. */
export function countForms(text) {
  const counts = {};
  const visit = (node, isNamed) => {
    if (!Array.isArray(node)) return;
    const [kind, ...rest] = node;
    if (typeof kind === "string" && kind.startsWith("@")) return;
    if (typeof kind === "string" && !isNamed && KEYWORDS[kind]) counts[KEYWORDS[kind]] = (counts[KEYWORDS[kind]] ?? 0) + 1;
    const isFunction = ["fn", "on", "new"].includes(kind);
    for (const [index, child] of rest.entries()) {
      const isParameters = (kind === "closure" && index === 0 && !isNamed) || (isFunction && Array.isArray(child) && Array.isArray(child[0]));
      if (isParameters) child.forEach((parameter) => visit(parameter, true));
      else visit(child, kind === "fields" || (NAMED.has(kind) && !isNamed));
    }
    if (Array.isArray(kind)) visit(kind, false);
  };
  readTree(text).forEach((node) => visit(node, false));
  return counts;
}
