// Statements and expressions.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { PREC, BINARY, ASSIGNMENT, list, lines } = require("./common");

module.exports = {
  // Statements.

  block: ($) => seq("{", repeat(";"), repeat(seq($._statement, $._end)), optional($._statement), "}"),
  _statement: ($) => choice($.let_statement, $.assignment, $._expression, $._item),

  let_statement: ($) =>
    prec.right(
      seq(
        "let",
        field("pattern", $._pattern),
        optional(seq(":", field("type", $._type))),
        optional(seq("=", field("value", $._expression))),
        optional(seq("else", field("else", $.block))),
      ),
    ),
  assignment: ($) =>
    prec.right(
      PREC.jump,
      seq(
        field("left", $._expression),
        field("operator", choice(...ASSIGNMENT)),
        field("right", $._expression),
      ),
    ),

  // Expressions.

  _expression: ($) =>
    choice(
      $._name,
      $.type_identifier,
      $.self,
      $.self_type,
      $._literal,
      $.field_expression,
      alias($._type_field, $.field_expression),
      $.generic_expression,
      $.call_expression,
      $.index_expression,
      $.propagate_expression,
      $.dereference_expression,
      $.struct_literal,
      $.parenthesized_expression,
      $.tuple_expression,
      $.array_expression,
      $.repeat_expression,
      $.unary_expression,
      $.binary_expression,
      $.range_expression,
      $.cast_expression,
      $.is_expression,
      $.closure,
      $.block,
      $.if_expression,
      $.match_expression,
      $.while_expression,
      $.for_expression,
      $.loop_expression,
      $.break_expression,
      $.continue_expression,
      $.return_expression,
      $.yield_expression,
      $.try_expression,
      $.await_expression,
      $.async_expression,
      $.spawn_expression,
      $.send_expression,
      $.ask_expression,
      $.reply_expression,
      $.select_expression,
    ),

  // What stands behind `=>`.
  _arm_body: ($) => choice($._expression, $.assignment),

  field_expression: ($) =>
    prec(
      PREC.postfix,
      seq(
        field("value", $._expression),
        ".",
        field("field", choice($._small_word, alias($._tuple_index, $.integer_literal))),
      ),
    ),
  // A field whose name starts with an upper-case letter: a variant or type, which may start a literal.
  _type_field: ($) =>
    prec(PREC.postfix, seq(field("value", $._expression), ".", field("field", $.type_identifier))),
  generic_expression: ($) =>
    prec(
      PREC.postfix,
      seq(field("value", $._expression), ".", field("type_arguments", $.type_arguments)),
    ),
  call_expression: ($) =>
    prec(PREC.postfix, seq(field("function", $._expression), field("arguments", $.arguments))),
  arguments: ($) => seq("(", list($._argument), ")"),
  _argument: ($) => choice($._expression, $.mut_argument),
  mut_argument: ($) => seq("mut", $._expression),
  index_expression: ($) =>
    prec(PREC.postfix, seq(field("value", $._expression), "[", field("index", $._expression), "]")),
  propagate_expression: ($) => prec(PREC.postfix, seq($._expression, "?")),
  dereference_expression: ($) => prec(PREC.postfix, seq($._expression, ".*")),

  struct_literal: ($) =>
    prec.dynamic(
      -1,
      seq(
        field(
          "type",
          choice(
            $.type_identifier,
            $.self_type,
            alias($._type_field, $.field_expression),
            $.generic_expression,
          ),
        ),
        field("body", $.field_initializer_list),
      ),
    ),
  field_initializer_list: ($) => seq("{", list(choice($.field_initializer, $.base_value)), "}"),
  field_initializer: ($) =>
    choice(
      field("name", $._name),
      seq(field("name", $._word), ":", field("value", $._expression)),
    ),
  base_value: ($) => seq("..", $._expression),

  parenthesized_expression: ($) => seq("(", $._expression, ")"),
  tuple_expression: ($) =>
    seq("(", optional(seq($._expression, ",", optional(seq($._expression, repeat(seq(",", $._expression)), optional(","))))), ")"),
  array_expression: ($) => seq("[", list($._expression), "]"),
  repeat_expression: ($) => seq("[", field("value", $._expression), ";", field("count", $._expression), "]"),

  unary_expression: ($) =>
    prec(PREC.unary, seq(field("operator", choice("-", "!", "~")), field("operand", $._expression))),
  binary_expression: ($) =>
    choice(
      ...BINARY.map(([operator, level]) =>
        prec.left(
          level,
          seq(field("left", $._expression), field("operator", operator), field("right", $._expression)),
        ),
      ),
      prec.right(
        PREC.power,
        seq(field("left", $._expression), field("operator", "**"), field("right", $._expression)),
      ),
    ),
  range_expression: ($) =>
    choice(
      prec.left(PREC.range, seq($._expression, choice("..", "..="), $._expression)),
      prec(PREC.range, prec.dynamic(-1, seq($._expression, ".."))),
      prec.left(PREC.range, seq(choice("..", "..="), $._expression)),
      prec(PREC.range, prec.dynamic(-1, "..")),
    ),
  cast_expression: ($) => prec.left(PREC.cast, seq(field("value", $._expression), "as", field("type", $._type))),
  is_expression: ($) =>
    prec.left(PREC.compare, seq(field("value", $._expression), "is", field("pattern", $._pattern))),

  closure: ($) =>
    prec.right(
      PREC.jump,
      seq(
        field("parameters", $.closure_parameters),
        choice(
          field("body", $._arm_body),
          seq("->", field("return_type", $._type), field("body", $.block)),
        ),
      ),
    ),
  closure_parameters: ($) => choice("||", seq("|", list($.closure_parameter), "|")),
  closure_parameter: ($) =>
    seq(field("pattern", $._single_pattern), optional(seq(":", field("type", $._type)))),

  // Control flow.

  if_expression: ($) =>
    prec.right(
      seq(
        "if",
        field("condition", $._condition),
        field("consequence", $.block),
        optional(seq("else", field("alternative", choice($.block, $.if_expression)))),
      ),
    ),
  _condition: ($) => choice($._expression, $.let_condition),
  let_condition: ($) => seq("let", field("pattern", $._pattern), "=", field("value", $._expression)),

  match_expression: ($) => seq("match", field("value", $._expression), field("body", $.match_body)),
  match_body: ($) => lines($, $.match_arm),
  match_arm: ($) =>
    seq(
      optional("|"),
      field("pattern", $._pattern),
      optional(seq("when", field("guard", $._expression))),
      "=>",
      field("body", $._arm_body),
    ),

  while_expression: ($) =>
    seq(optional($._label), "while", field("condition", $._condition), field("body", $.block)),
  for_expression: ($) =>
    seq(
      optional($._label),
      "for",
      field("pattern", $._pattern),
      "in",
      field("value", $._expression),
      field("body", $.block),
    ),
  loop_expression: ($) => seq(optional($._label), "loop", field("body", $.block)),
  _label: ($) => seq(field("label", $.label), ":"),
  label: (_) => /'[_\p{XID_Start}][_\p{XID_Continue}]*/,

  break_expression: ($) =>
    prec.right(PREC.jump, seq("break", optional(field("label", $.label)), optional($._expression))),
  continue_expression: ($) => prec.right(PREC.jump, seq("continue", optional(field("label", $.label)))),
  return_expression: ($) => prec.right(PREC.jump, seq("return", optional($._expression))),
  yield_expression: ($) => prec.right(PREC.jump, seq("yield", $._expression)),

  try_expression: ($) =>
    choice(
      seq(
        "try",
        optional(seq(":", field("error_type", $._type))),
        field("body", $.block),
        "catch",
        field("handler", $.match_body),
      ),
      prec(PREC.postfix, seq("try", $.ask_expression)),
    ),

  // Actors in expressions.

  await_expression: ($) => prec(PREC.unary, seq("await", $._expression)),
  async_expression: ($) => prec(PREC.unary, seq("async", $._expression)),

  spawn_expression: ($) =>
    prec.right(
      PREC.postfix,
      seq("spawn", field("actor", $._spawn_path), field("arguments", optional($.arguments))),
    ),
  _spawn_path: ($) =>
    choice(
      $._any_name,
      $.self_type,
      alias($._spawn_field, $.field_expression),
      alias($._spawn_generic, $.generic_expression),
    ),
  _spawn_field: ($) =>
    prec(PREC.postfix, seq(field("value", $._spawn_path), ".", field("field", $._word))),
  _spawn_generic: ($) =>
    prec(PREC.postfix, seq(field("value", $._spawn_path), ".", field("type_arguments", $.type_arguments))),

  send_expression: ($) => prec(PREC.postfix, seq("send", $._target_and_message)),
  ask_expression: ($) =>
    prec.right(
      PREC.jump,
      seq(
        "ask",
        $._target_and_message,
        optional(seq($._ask_timeout, "timeout", field("timeout", $._expression))),
      ),
    ),
  _target_and_message: ($) =>
    seq("(", field("target", $._expression), ",", field("message", $._expression), optional(","), ")"),
  reply_expression: ($) =>
    prec(PREC.postfix, seq("reply", "(", optional(seq(field("value", $._expression), optional(","))), ")")),

  select_expression: ($) => seq("select", field("body", $.select_body)),
  select_body: ($) => lines($, choice($.select_arm, $.timeout_arm)),
  select_arm: ($) =>
    seq(
      field("pattern", $._pattern),
      "=",
      field("future", $._expression),
      "=>",
      field("body", $._arm_body),
    ),
  timeout_arm: ($) => seq("timeout", field("time", $._expression), "=>", field("body", $._arm_body)),
};
