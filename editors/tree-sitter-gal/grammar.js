/**
 * @file The grammar of GAL.
 *
 * It follows compiler/syntax, but takes some programs that galc refuses; and words that are keywords only in their
 * constructs are told by the token behind them. Where lines end is decided in src/scanner.c.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

module.exports = grammar({
  name: "gal",

  externals: ($) => [
    // The end of a line that ends a statement; it has no text.
    $._newline,
    // Stands before the `timeout` that belongs to an `ask`; it has no text.
    $._ask_timeout,
    // Stand behind the `..` of a range without end, anywhere and before a body; they have no text.
    $._open_range,
    $._open_range_in_head,
    $._string_text,
    $._multi_line_text,
    $.raw_string_literal,
    $.block_comment,
    // Never used: it is valid only while the parser recovers from an error.
    $._error_sentinel,
  ],

  extras: ($) => [/[\s\uFEFF]/, $.line_comment, $.doc_comment, $.block_comment],

  word: ($) => $.identifier,

  supertypes: ($) => [$._expression, $._type, $._pattern, $._item],

  conflicts: ($) => [
    // `x as Int < y` compares, `x as Ptr<Int>` has an argument.
    [$._type, $.generic_type],
  ],

  rules: {
    ...require("./grammar/declarations"),
    ...require("./grammar/types"),
    ...require("./grammar/expressions"),
    ...require("./grammar/operators"),
    ...require("./grammar/literals"),
  },
});
