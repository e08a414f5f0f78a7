// Types and patterns.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { PREC, list } = require("./common");

const binding = (name, inner) =>
  prec.right(
    PREC.postfix,
    seq(optional("mut"), field("name", name), optional(seq("@", field("pattern", inner)))),
  );

module.exports = {
  // Types.

  _type: ($) =>
    choice(
      $._type_path,
      $.optional_type,
      $.tuple_type,
      $.array_type,
      $.function_type,
      $.dyn_type,
      $.inferred_type,
      $._literal_type,
    ),

  _type_path: ($) => choice($._any_name, $.self_type, $.scoped_type, $.generic_type),
  scoped_type: ($) => prec(1, seq(field("path", $._type_path), ".", field("name", $._word))),
  generic_type: ($) =>
    prec.dynamic(1, seq(field("type", $._type_path), field("type_arguments", $.type_arguments))),
  type_arguments: ($) => seq("<", list(choice($._type, $.type_binding)), ">"),
  type_binding: ($) => seq(field("name", $._any_name), "=", field("type", $._type)),

  optional_type: ($) => prec(1, seq($._type, "?")),
  tuple_type: ($) => seq("(", list($._type), ")"),
  array_type: ($) => seq("[", field("element", $._type), ";", field("length", $._expression), "]"),
  function_type: ($) =>
    prec.right(
      seq(
        optional("async"),
        "Fn",
        "(",
        list(seq(optional("mut"), $._type)),
        ")",
        optional(seq("->", field("return_type", $._type))),
      ),
    ),
  dyn_type: ($) => prec(2, seq("dyn", $._type)),
  inferred_type: (_) => "_",
  _literal_type: ($) => choice($._literal, $.negative_literal),

  // Patterns.

  _pattern: ($) => choice($._single_pattern, $.or_pattern),
  or_pattern: ($) => prec.left(PREC.bitOr, seq($._pattern, "|", $._pattern)),
  _single_pattern: ($) => choice($._closed_pattern, $.binding_pattern, $.struct_pattern),
  binding_pattern: ($) => binding($._name, $._single_pattern),

  // Before a body, whose `{` starts no fields.
  _head_pattern: ($) => choice($._head_single_pattern, alias($._head_or_pattern, $.or_pattern)),
  _head_or_pattern: ($) => prec.left(PREC.bitOr, seq($._head_pattern, "|", $._head_pattern)),
  _head_single_pattern: ($) => choice($._closed_pattern, alias($._head_binding_pattern, $.binding_pattern)),
  _head_binding_pattern: ($) => binding($._name, $._head_single_pattern),

  // Patterns that have none inside, or in brackets only.
  _closed_pattern: ($) =>
    choice(
      $.wildcard_pattern,
      $._pattern_path,
      $.tuple_struct_pattern,
      $._literal,
      $.negative_literal,
      $.range_pattern,
      $.rest_pattern,
      $.tuple_pattern,
      $.parenthesized_pattern,
      $.array_pattern,
    ),
  wildcard_pattern: (_) => "_",
  _pattern_path: ($) => choice($.type_identifier, $.self_type, $.scoped_pattern),
  scoped_pattern: ($) =>
    prec(
      PREC.postfix,
      seq(field("path", choice($._name, $.type_identifier, $.self_type, $.scoped_pattern)), ".", field("name", $._word)),
    ),
  tuple_struct_pattern: ($) =>
    prec(PREC.postfix, seq(field("type", $._pattern_path), "(", list($._pattern), ")")),
  struct_pattern: ($) =>
    seq(
      field("type", $._pattern_path),
      "{",
      list(choice($.field_pattern, $.rest_pattern)),
      "}",
    ),
  field_pattern: ($) =>
    choice(
      seq(optional("mut"), field("name", $._name)),
      seq(optional("mut"), field("name", $._word), ":", field("pattern", $._pattern)),
    ),
  range_pattern: ($) =>
    prec.left(
      PREC.postfix,
      choice(
        seq($._range_bound, choice("..", "..="), optional($._range_bound)),
        seq(choice("..", "..="), $._range_bound),
      ),
    ),
  _range_bound: ($) => prec(PREC.postfix, choice($._literal, $.negative_literal, $._pattern_path)),
  rest_pattern: ($) => prec.left(PREC.postfix, seq("..", optional(field("name", $._name)))),
  tuple_pattern: ($) =>
    seq("(", optional(seq($._pattern, ",", optional(seq($._pattern, repeat(seq(",", $._pattern)), optional(","))))), ")"),
  parenthesized_pattern: ($) => seq("(", $._pattern, ")"),
  array_pattern: ($) => seq("[", list($._pattern), "]"),
};
