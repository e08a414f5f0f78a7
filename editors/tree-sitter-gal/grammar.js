/**
 * @file The grammar of GAL.
 *
 * It follows compiler/syntax, with three liberties: it takes some programs that galc refuses; a struct literal between
 * `if`, `while`, `match` or `for` and the body is told from the body by what follows; and the words that are keywords
 * only in their constructs are told by the token behind them. Where lines end is decided in src/scanner.c.
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
    // `if LIMIT {`: the brace starts the body or the fields of a literal.
    [$._expression, $.struct_literal],
    [$._pattern_path, $.struct_pattern],
    // `for i in 0.. {`: the brace starts the body or the end of the range, as `(` always does.
    [$.range_expression],
    // `x as Int < y` compares, `x as Ptr<Int>` has an argument.
    [$._type, $.generic_type],
  ],

  rules: {
    ...require("./grammar/declarations"),
    ...require("./grammar/types"),
    ...require("./grammar/expressions"),
    ...require("./grammar/literals"),
  },
});
