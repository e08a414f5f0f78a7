// Trees of tree-sitter in the form in which `galc build --emit ast` prints its own, as nested arrays of atoms.
//
// What literals mean is left out of both: texts and characters are all alike, numbers have no `_`. So are comments.
// `PRINTERS` has a function for each type of node; nodes without one are a bug of this file.

/** What galc has printed, as nested arrays. */
export function readForm(text) {
  const ATOM = /\s+|[()]|"(?:[^"\\]|\\.)*"|'(?:\\(?:u\{[^}]*\}|.)|[^\\'])'|:.[<^>][^\s()]*|[^\s()"]+/gsu;
  const stack = [[]];
  for (const [token] of text.matchAll(ATOM)) {
    if (/^\s/.test(token)) continue;
    if (token === "(") stack.push([]);
    else if (token === ")") {
      const list = stack.pop();
      if (list[0] !== "docs") stack.at(-1).push(simplified(list));
    } else stack.at(-1).push(atom(token));
  }
  return stack[0];
}

function simplified(list) {
  if (list[0] === "format") return [...list.slice(0, 2), "FORMAT"];
  return list[0] === "interp" ? interpolation(list.slice(1)) : list;
}

function atom(token) {
  if (token.startsWith('"')) return "TEXT";
  if (/^'.*'$/su.test(token)) return "CHAR";
  return /^\d/.test(token) ? token.replace(/:(U?Int|Float)\d+$/, "") : token;
}

const UNITS = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n };

const leaf = (node) => node.text;
const some = (tag, nodes) => (nodes.length > 0 ? [[tag, ...nodes]] : []);
const optional = (tag, node) => (node ? [[tag, form(node)]] : []);
const forms = (nodes) => nodes.map(form);

/** The form of a node. */
export function form(node) {
  const printer = PRINTERS[node.type];
  if (!printer) throw new Error(`there is no form of ${node.type}`);
  return printer(node);
}

/** What a whole file is: a list of items. */
export function fileForm(tree) {
  const declarations = tree.children.filter((child) => !["shebang", "unsafe_module"].includes(child.type));
  return [...tree.all("unsafe_module").map(() => ["unsafe"]), ...forms(declarations)];
}

// Declarations.

function head(node) {
  return [...node.all("visibility").map(() => "pub"), ...forms(node.all("attribute"))];
}

function generics(node) {
  const parameters = node.get("type_parameters");
  const where = node.all("where_clause").flatMap((clause) => clause.children);
  return [...some("<>", parameters ? forms(parameters.children) : []), ...some("where", forms(where))];
}

const bounds = (node) => (node.get("bounds") ? forms(node.get("bounds").children) : []);

function body(node) {
  const inner = node.get("body");
  if (!inner) return [];
  return [node.has("=>") ? ["=>", armBody(inner)] : form(inner)];
}

/** An assignment that stands for a value is a block in galc. */
const armBody = (node) => (node.type === "assignment" ? ["block", form(node)] : form(node));

function functionForm(tag, node, name) {
  const flags = ["async", "export", "unsafe"].filter((flag) => node.has(flag));
  return [tag, ...head(node), ...flags, name, ...functionRest(node)];
}

function functionRest(node) {
  const { where, others } = splitGenerics(node);
  return [...others, ...where, parametersForm(node), ...optional("->", node.get("return_type")), ...body(node)];
}

function splitGenerics(node) {
  const all = generics(node);
  return { others: all.filter(([tag]) => tag === "<>"), where: all.filter(([tag]) => tag === "where") };
}

const parametersForm = (node) => forms(node.get("parameters")?.children ?? []);

function variantBody(node) {
  const inner = node.get("body");
  if (!inner) return [];
  if (inner.type === "field_list") return [["fields", ...forms(inner.children)]];
  const fields = [];
  for (const [index, child] of inner.children.entries()) {
    if (child.type === "visibility") continue;
    const isPublic = inner.children[index - 1]?.type === "visibility";
    fields.push(isPublic ? ["pub", form(child)] : form(child));
  }
  return [["tuple", ...fields]];
}

function items(node, ...first) {
  const members = node.get("body").children;
  const early = first.flatMap((type) => members.filter((member) => member.type === type));
  return forms([...early, ...members.filter((member) => !first.includes(member.type))]).flatMap((item) =>
    item[0] === "states" ? item.slice(1) : [item],
  );
}

/** `pub` and attributes, which galc prints behind the tag. */
const declared = (tag, node, ...rest) => [tag, ...head(node), ...rest];

const iso = (node, tag) => (node.has("iso") ? `iso-${tag}` : tag);

function usePath(node) {
  return node.type === "use_path" ? `${usePath(node.get("path"))}.${node.get("name").text}` : node.text;
}

const DECLARATIONS = {
  attribute: (node) => {
    const name = `@${node.get("name").text}`;
    const args = node.get("arguments")?.children ?? [];
    return args.length > 0 ? [name, ...forms(args)] : name;
  },
  named_attribute_argument: (node) => forms(node.children),
  use_declaration: (node) => declared("use", node, form(node.children.at(-1))),
  use_path: usePath,
  use_all: (node) => [usePath(node.get("path")), "*"],
  use_as: (node) => ["as", usePath(node.get("path")), node.get("alias").text],
  use_list: (node) => [usePath(node.get("path")), ...forms(node.children.slice(1))],
  function_declaration: (node) => functionForm("fn", node, node.get("name").text),
  constructor: (node) => functionForm("new", node, node.get("name")?.text ?? "new"),
  self_parameter: (node) => (node.has("mut") ? ["mut", "self"] : ["self"]),
  parameter: (node) => {
    const pattern = form(node.get("pattern"));
    // galc keeps the `mut` of a parameter apart from its pattern.
    const parts = isMutBinding(pattern) ? pattern : [pattern];
    return [...parts, form(node.get("type"))];
  },
  type_parameter: (node) => {
    const parts = [...(node.has("iso") ? ["iso"] : []), node.get("name").text, ...bounds(node)];
    return parts.length === 1 ? parts[0] : parts;
  },
  const_parameter: (node) => ["const", node.get("name").text, form(node.get("type"))],
  where_predicate: (node) => [form(node.get("type")), ...bounds(node)],
  struct_declaration: (node) =>
    declared(iso(node, "struct"), node, node.get("name").text, ...generics(node), ...variantBody(node)),
  field_declaration: (node) => {
    const parts = head(node);
    return [node.get("name").text, ...parts, form(node.get("type"))];
  },
  enum_declaration: (node) =>
    declared(iso(node, "enum"), node, node.get("name").text, ...generics(node), ...forms(node.get("body").children)),
  variant: (node) => [node.get("name").text, ...variantBody(node)],
  trait_declaration: (node) =>
    declared("trait", node, node.get("name").text, ...generics(node), ...some(":", bounds(node)), ...items(node, "associated_type", "handler")),
  associated_type: (node) => ["type", node.get("name").text, ...bounds(node), ...optional("=", node.get("default"))],
  impl_declaration: (node) =>
    declared("impl", node, ...generics(node), ...(node.get("trait") ? [form(node.get("trait"))] : []), ["for", form(node.get("type"))], ...items(node)),
  extern_declaration: (node) => declared("extern", node, "TEXT", ...(node.get("module") ? [["module", "TEXT"]] : []), ...items(node)),
  constant_declaration: (node) =>
    declared("const", node, node.get("name").text, ...optional(":", node.get("type")), ...optional("=", node.get("value"))),
  type_alias: (node) => declared("type", node, node.get("name").text, ...generics(node), form(node.get("type"))),
  test_declaration: (node) => declared("test", node, "TEXT", form(node.get("body"))),
  actor_declaration: (node) =>
    declared("actor", node, node.get("name").text, ...generics(node), ...some(":", forms(node.get("traits")?.children ?? [])), ...items(node, "state_declaration", "constructor", "handler")),
  export_actor_declaration: (node) => declared("export-actor", node, node.get("name").text),
  state_declaration: (node) => ["states", ...forms(node.children)],
  state: (node) => ["state", node.get("name").text, form(node.get("type")), ...forms(node.children.filter((c) => c.field === "value"))],
  handler: (node) => ["on", ...head(node), node.get("name").text, ...functionRest(node)],
};

// Types.

/** A path as its text, and the arguments of its segments. */
function typePath(node) {
  if (node.type === "generic_type") {
    const { text, args } = typePath(node.get("type"));
    return { text, args: [...args, ["<>", ...argumentForms(node.get("type_arguments"))]] };
  }
  if (node.type !== "scoped_type") return { text: node.text, args: [] };
  const { text, args } = typePath(node.get("path"));
  return { text: `${text}.${node.get("name").text}`, args };
}

function pathForm(node) {
  const { text, args } = typePath(node);
  return args.length > 0 ? [text, ...args] : text;
}

/** galc prints bindings behind the arguments. */
function argumentForms(node) {
  const bindings = node.all("type_binding");
  return forms([...node.children.filter((child) => !bindings.includes(child)), ...bindings]);
}

const TYPES = {
  generic_type: pathForm,
  scoped_type: pathForm,
  type_binding: (node) => ["=", node.get("name").text, form(node.get("type"))],
  optional_type: (node) => ["?", form(node.children[0])],
  tuple_type: (node) => {
    const trailing = node.tokens.at(-2) === ",";
    const types = forms(node.children);
    return types.length === 1 && !trailing ? types[0] : ["tuple", ...types];
  },
  array_type: (node) => ["array", form(node.get("element")), form(node.get("length"))],
  function_type: (node) => {
    const parameters = node.tokens.flatMap((part, index) => {
      if (typeof part === "string" || part.field === "return_type") return [];
      return [node.tokens[index - 1] === "mut" ? ["mut", form(part)] : form(part)];
    });
    return [node.has("async") ? "async-Fn" : "Fn", ...parameters, ...optional("->", node.get("return_type"))];
  },
  dyn_type: (node) => ["dyn", form(node.children[0])],
  inferred_type: leaf,
};

// Statements and expressions.

function block(node) {
  const statements = forms(node.children);
  const last = node.children.at(-1);
  // A value behind which no `;` stands is that of the block.
  if (last && isExpression(last) && node.tokens.at(-2) === last) statements.push(["value", statements.pop()]);
  return ["block", ...statements];
}

const isExpression = (node) =>
  !["let_statement", "assignment", "type_alias"].includes(node.type) && !node.type.endsWith("_declaration");

/** A range whose ends are printed by `end`. */
function range(node, end) {
  const sign = node.has("..=") ? "..=" : "..";
  const at = node.tokens.indexOf(sign);
  const side = (part) => (part instanceof Object ? end(part) : "_");
  return [sign, side(node.tokens[at - 1]), side(node.tokens[at + 1])];
}

const sign = (node) => node.tokens.find((part) => typeof part === "string");

const label = (node) => (node.get("label") ? [node.get("label").text] : []);

function generic(node) {
  return ["<>", form(node.get("value")), ...argumentForms(node.get("type_arguments"))];
}

const args = (node) => forms(node?.children ?? []);

const isMutBinding = (pattern) => Array.isArray(pattern) && pattern.length === 2 && pattern[0] === "mut";

const EXPRESSIONS = {
  block,
  let_statement: (node) => [
    "let",
    form(node.get("pattern")),
    ...optional(":", node.get("type")),
    ...(node.get("value") ? [form(node.get("value"))] : []),
    ...optional("else", node.get("else")),
  ],
  assignment: (node) => [sign(node), form(node.get("left")), form(node.get("right"))],
  field_expression: (node) => [".", form(node.get("value")), String(node.get("field").text)],
  generic_expression: generic,
  call_expression: (node) => ["call", form(node.get("function")), ...args(node.get("arguments"))],
  mut_argument: (node) => ["mut", form(node.children[0])],
  index_expression: (node) => ["index", form(node.get("value")), form(node.get("index"))],
  propagate_expression: (node) => ["?", form(node.children[0])],
  dereference_expression: (node) => [".*", form(node.children[0])],
  struct_literal: (node) => ["struct", form(node.get("type")), ...structFields(node.get("body"))],
  field_initializer: (node) => [node.get("name").text, ...(node.get("value") ? [form(node.get("value"))] : [])],
  base_value: (node) => ["..", form(node.children[0])],
  parenthesized_expression: (node) => ["paren", form(node.children[0])],
  tuple_expression: (node) => ["tuple", ...forms(node.children)],
  array_expression: (node) => ["array", ...forms(node.children)],
  repeat_expression: (node) => ["repeat", ...forms(node.children)],
  unary_expression: (node) => [node.has("-") ? "neg" : sign(node), form(node.get("operand"))],
  binary_expression: (node) => [sign(node), form(node.get("left")), form(node.get("right"))],
  range_expression: (node) => range(node, form),
  cast_expression: (node) => ["as", form(node.get("value")), form(node.get("type"))],
  is_expression: (node) => ["is", form(node.get("value")), form(node.get("pattern"))],
  closure: (node) => [
    "closure",
    forms(node.get("parameters").children),
    ...optional("->", node.get("return_type")),
    armBody(node.get("body")),
  ],
  closure_parameter: (node) => {
    const pattern = form(node.get("pattern"));
    const type = node.get("type") ? [form(node.get("type"))] : [];
    const parts = isMutBinding(pattern) ? [...pattern, ...type] : [pattern, ...type];
    return parts.length === 1 ? parts[0] : parts;
  },
  if_expression: (node) => ["if", ...forms(["condition", "consequence", "alternative"].flatMap((name) => node.get(name) ?? []))],
  let_condition: (node) => ["let", form(node.get("pattern")), form(node.get("value"))],
  match_expression: (node) => ["match", form(node.get("value")), ...forms(node.get("body").children)],
  match_arm: (node) => ["arm", form(node.get("pattern")), ...optional("when", node.get("guard")), armBody(node.get("body"))],
  while_expression: (node) => ["while", ...label(node), form(node.get("condition")), form(node.get("body"))],
  for_expression: (node) => ["for", ...label(node), form(node.get("pattern")), form(node.get("value")), form(node.get("body"))],
  loop_expression: (node) => ["loop", ...label(node), form(node.get("body"))],
  break_expression: (node) => ["break", ...label(node), ...forms(node.children.filter((child) => child.type !== "label"))],
  continue_expression: (node) => ["continue", ...label(node)],
  return_expression: (node) => ["return", ...forms(node.children)],
  yield_expression: (node) => ["yield", ...forms(node.children)],
  try_expression: (node) => {
    if (!node.get("body")) {
      const [, ...rest] = form(node.children[0]);
      return ["try-ask", ...rest];
    }
    return ["try", ...optional(":", node.get("error_type")), form(node.get("body")), ...forms(node.get("handler").children)];
  },
  await_expression: (node) => ["await", form(node.children[0])],
  async_expression: (node) => ["async", form(node.children[0])],
  spawn_expression: (node) => ["spawn", form(node.get("actor")), ...args(node.get("arguments"))],
  send_expression: (node) => ["send", form(node.get("target")), form(node.get("message"))],
  ask_expression: (node) => ["ask", form(node.get("target")), form(node.get("message")), ...optional("timeout", node.get("timeout"))],
  reply_expression: (node) => ["reply", node.get("value") ? form(node.get("value")) : ["tuple"]],
  select_expression: (node) => {
    const arms = node.get("body").children;
    return ["select", ...forms(arms.filter((arm) => arm.type === "select_arm")), ...forms(arms.filter((arm) => arm.type === "timeout_arm"))];
  },
  select_arm: (node) => ["arm", form(node.get("pattern")), form(node.get("future")), armBody(node.get("body"))],
  timeout_arm: (node) => ["timeout", form(node.get("time")), armBody(node.get("body"))],
};

/** galc prints the base behind the fields. */
function structFields(node) {
  return forms([...node.all("field_initializer"), ...node.all("base_value")]);
}

// Patterns.

/** Patterns and expressions share the nodes of names: where a pattern may stand, an upper-case name is a path. */
function patternPath(node) {
  return node.type === "scoped_pattern" ? `${patternPath(node.get("path"))}.${node.get("name").text}` : node.text;
}

const PATTERN_PARENTS = ["or_pattern", "tuple_struct_pattern", "tuple_pattern", "parenthesized_pattern", "array_pattern"];

function name(node) {
  const inPattern = node.field === "pattern" || (PATTERN_PARENTS.includes(node.parent.type) && node.field !== "type");
  return inPattern ? ["path", node.text] : node.text;
}

const alternatives = (node) => (node.type === "or_pattern" ? node.children.flatMap(alternatives) : [node]);

const PATTERNS = {
  or_pattern: (node) => ["|", ...forms(alternatives(node))],
  wildcard_pattern: leaf,
  binding_pattern: (node) => {
    const isMut = node.has("mut");
    const names = [...(isMut ? ["mut"] : []), node.get("name").text];
    if (node.get("pattern")) return ["@", ...names, form(node.get("pattern"))];
    return isMut ? names : names[0];
  },
  scoped_pattern: (node) => ["path", patternPath(node)],
  tuple_struct_pattern: (node) => [patternPath(node.get("type")), ...forms(node.children.slice(1))],
  struct_pattern: (node) => {
    const rest = node.all("rest_pattern").map(() => "..");
    return ["struct", patternPath(node.get("type")), ...forms(node.all("field_pattern")), ...rest];
  },
  field_pattern: (node) => {
    const pattern = node.get("pattern");
    return [...(node.has("mut") ? ["mut"] : []), node.get("name").text, ...(pattern ? [form(pattern)] : [])];
  },
  range_pattern: (node) => range(node, rangeEnd),
  rest_pattern: (node) => (node.get("name") ? ["..", node.get("name").text] : ".."),
  tuple_pattern: (node) => ["tuple", ...forms(node.children)],
  parenthesized_pattern: (node) => (node.children[0].type === "rest_pattern" ? ["tuple", form(node.children[0])] : form(node.children[0])),
  array_pattern: (node) => ["array", ...forms(node.children)],
};

/** Constants at the ends of a range are fields of names in galc. */
function rangeEnd(node) {
  if (node.type !== "scoped_pattern") return form(node);
  return [".", rangeEnd(node.get("path")), node.get("name").text];
}

// Literals and names.

const number = (text) => BigInt(text.replaceAll("_", "").replace(/[iu](8|16|32|64)$/, "")).toString();

const LITERALS = {
  identifier: leaf,
  type_identifier: name,
  self: leaf,
  self_type: name,
  boolean_literal: leaf,
  integer_literal: (node) => number(node.text),
  float_literal: (node) => node.text.replaceAll("_", "").replace(/f(32|64)$/, ""),
  duration_literal: (node) => {
    const [, digits, unit] = /^([\d_]+)(\w+)$/.exec(node.text.replaceAll("_", ""));
    return `${BigInt(digits) * UNITS[unit]}ns`;
  },
  char_literal: () => "CHAR",
  raw_string_literal: () => "TEXT",
  string_literal: (node) => text(node),
  multi_line_string_literal: (node) => text(node),
  negative_literal: (node) => ["neg", form(node.children[0])],
};

function text(node) {
  const holes = node.all("interpolation").map((hole) => {
    const value = form(hole.get("value"));
    return hole.get("format") ? ["format", value, "FORMAT"] : value;
  });
  return holes.length > 0 ? interpolation(holes) : "TEXT";
}

/** Without texts: in galc's form those between the holes look like those in them. */
const interpolation = (parts) => ["interp", ...parts.filter((part) => part !== "TEXT")];

const PRINTERS = { ...DECLARATIONS, ...TYPES, ...EXPRESSIONS, ...PATTERNS, ...LITERALS };
