// Expressions that begin or end with an expression: operators, calls, fields.
//
// Each is there twice. Between `if`, `while`, `match`, `for`, `is` and the body, `{` starts the body, so there is neither a
// literal of a struct nor a block; inside of brackets there are both again. Closures and jumps need parentheses there.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { PREC, BINARY, OPERANDS } = require("./common");

/** The rules with the operands `self`, by the names of their nodes. */
const family = (self, pattern, open, typeField) => ({
  field_expression: ($) =>
    prec(
      PREC.postfix,
      seq(
        field("value", self($)),
        ".",
        field("field", choice($._small_word, alias($._tuple_index, $.integer_literal))),
      ),
    ),
  // A field whose name starts with an upper-case letter: a variant or type, which may start a literal.
  [typeField]: ($) => prec(PREC.postfix, seq(field("value", self($)), ".", field("field", $.type_identifier))),
  generic_expression: ($) =>
    prec(PREC.postfix, seq(field("value", self($)), ".", field("type_arguments", $.type_arguments))),
  call_expression: ($) =>
    prec(PREC.postfix, seq(field("function", self($)), field("arguments", $.arguments))),
  index_expression: ($) =>
    prec(PREC.postfix, seq(field("value", self($)), "[", field("index", $._expression), "]")),
  propagate_expression: ($) => prec(PREC.postfix, seq(self($), "?")),
  dereference_expression: ($) => prec(PREC.postfix, seq(self($), ".*")),

  unary_expression: ($) =>
    prec(PREC.unary, seq(field("operator", choice("-", "!", "~")), field("operand", self($)))),
  await_expression: ($) => prec(PREC.unary, seq("await", self($))),
  async_expression: ($) => prec(PREC.unary, seq("async", self($))),
  binary_expression: ($) =>
    choice(
      ...BINARY.map(([operator, level]) =>
        prec.left(level, seq(field("left", self($)), field("operator", operator), field("right", self($)))),
      ),
      prec.right(PREC.power, seq(field("left", self($)), field("operator", "**"), field("right", self($)))),
    ),
  // What can be the end of a range is one, also on the next line.
  range_expression: ($) =>
    choice(
      prec.left(PREC.range, seq(self($), choice("..", "..="), self($))),
      prec.left(PREC.range, seq(self($), "..", open($))),
      prec.left(PREC.range, seq(choice("..", "..="), self($))),
      prec.left(PREC.range, seq("..", open($))),
    ),
  cast_expression: ($) => prec.left(PREC.cast, seq(field("value", self($)), "as", field("type", $._type))),
  is_expression: ($) =>
    prec.left(PREC.compare, seq(field("value", self($)), "is", field("pattern", pattern($)))),

  ask_expression: ($) =>
    prec.right(
      // A comparison behind the time is one of the answer.
      PREC.range,
      seq(
        "ask",
        $._target_and_message,
        optional(seq($._ask_timeout, "timeout", field("timeout", self($)))),
      ),
    ),
});

const anywhere = family(($) => $._expression, ($) => $._pattern, ($) => $._open_range, "_type_field");
const inHead = family(($) => $._head, ($) => $._head_pattern, ($) => $._open_range_in_head, "type_field");

const aliasInHead = (name) => ($) =>
  alias($[`_head_${name}`], name === "type_field" ? $.field_expression : $[name]);

module.exports = {
  ...anywhere,
  ...Object.fromEntries(Object.entries(inHead).map(([name, rule]) => [`_head_${name}`, rule])),

  _expression: ($) =>
    choice(
      ...OPERANDS.map((name) => $[name]),
      ...Object.keys(anywhere).map((name) =>
        name === "_type_field" ? alias($._type_field, $.field_expression) : $[name],
      ),
      $.struct_literal,
      $.closure,
      $.block,
      $.break_expression,
      $.continue_expression,
      $.return_expression,
      $.yield_expression,
      $.select_expression,
      $.try_expression,
    ),

  _head: ($) =>
    choice(
      ...OPERANDS.map((name) => $[name]),
      ...Object.keys(inHead).map((name) => aliasInHead(name)($)),
      alias($._head_try_expression, $.try_expression),
    ),
  _head_try_expression: ($) =>
    choice($._try_block, prec(PREC.postfix, seq("try", alias($._head_ask_expression, $.ask_expression)))),
};
