// Statements, and expressions but those in operators.js.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { PREC, ASSIGNMENT, list, lines } = require("./common");

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

  // What stands behind `=>`.
  _arm_body: ($) => choice($._expression, $.assignment),

  arguments: ($) => seq("(", list($._argument), ")"),
  _argument: ($) => choice($._expression, $.mut_argument),
  mut_argument: ($) => seq("mut", $._expression),
  struct_literal: ($) =>
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
  _condition: ($) => choice($._head, $.let_condition),
  let_condition: ($) => seq("let", field("pattern", $._pattern), "=", field("value", $._head)),

  match_expression: ($) => seq("match", field("value", $._head), field("body", $.match_body)),
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
      field("value", $._head),
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

  try_expression: ($) => choice($._try_block, prec(PREC.postfix, seq("try", $.ask_expression))),
  _try_block: ($) =>
    seq(
      "try",
      optional(seq(":", field("error_type", $._type))),
      field("body", $.block),
      "catch",
      field("handler", $.match_body),
    ),

  // Actors in expressions.

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
