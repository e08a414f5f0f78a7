// What the parts of the grammar share: precedences, keywords, lists.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const PREC = {
  jump: 1,
  or: 2,
  and: 3,
  compare: 4,
  range: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  shift: 9,
  sum: 10,
  product: 11,
  cast: 12,
  unary: 13,
  power: 14,
  postfix: 15,
};

const BINARY = [
  ["||", PREC.or],
  ["&&", PREC.and],
  ["==", PREC.compare],
  ["!=", PREC.compare],
  ["<", PREC.compare],
  ["<=", PREC.compare],
  [">", PREC.compare],
  [">=", PREC.compare],
  ["|", PREC.bitOr],
  ["^", PREC.bitXor],
  ["&", PREC.bitAnd],
  ["<<", PREC.shift],
  [">>", PREC.shift],
  ["+", PREC.sum],
  ["-", PREC.sum],
  ["+%", PREC.sum],
  ["-%", PREC.sum],
  ["*", PREC.product],
  ["/", PREC.product],
  ["%", PREC.product],
  ["*%", PREC.product],
];

const ASSIGNMENT = [
  "=", "+=", "-=", "*=", "/=", "%=", "**=", "+%=", "-%=", "*%=", "<<=", ">>=", "&=", "|=", "^=",
];

/** Keywords everywhere except where any word is a name. */
const HARD_KEYWORDS = [
  "actor", "as", "async", "await", "break", "const", "continue", "else", "enum", "export", "extern", "false", "fn", "for",
  "if", "impl", "in", "is", "iso", "let", "loop", "match", "mut", "pub", "return", "self", "Self", "struct", "trait", "true",
  "try", "type", "unsafe", "use", "where", "while",
];

/** Keywords only where their construct can start. */
const SOFT_KEYWORDS = [
  "ask", "catch", "dyn", "new", "on", "reply", "select", "send", "spawn", "state", "test", "timeout", "when", "yield",
];

/** Expressions with no other at their ends, which may stand anywhere. */
const OPERANDS = [
  "_name", "type_identifier", "self", "self_type", "_literal", "parenthesized_expression", "tuple_expression",
  "array_expression", "repeat_expression", "if_expression", "match_expression", "while_expression", "for_expression",
  "loop_expression", "spawn_expression", "send_expression", "reply_expression",
];

const list = (rule) => optional(seq(rule, repeat(seq(",", rule)), optional(",")));

/** Elements between braces, separated by newlines or commas. */
const lines = ($, rule) => seq("{", repeat(seq(rule, $._line_end)), optional(rule), "}");

/** Members of a declaration; each mostly starts its own line. */
const members = ($, rule) => seq("{", repeat(seq(rule, optional($._end))), "}");

/** What may stand before any declaration. */
const head = ($) => seq(repeat($.attribute), optional($.visibility));

module.exports = { OPERANDS, PREC, BINARY, ASSIGNMENT, HARD_KEYWORDS, SOFT_KEYWORDS, list, lines, members, head };
