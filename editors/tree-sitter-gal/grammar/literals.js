// Literals, names and comments.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { PREC, HARD_KEYWORDS, SOFT_KEYWORDS } = require("./common");

module.exports = {
  // Literals.

  _literal: ($) =>
    choice(
      $.integer_literal,
      $.float_literal,
      $.duration_literal,
      $.char_literal,
      $.boolean_literal,
      $.string_literal,
      $.multi_line_string_literal,
      $.raw_string_literal,
    ),
  negative_literal: ($) =>
    prec(PREC.unary, seq("-", choice($.integer_literal, $.float_literal, $.duration_literal))),

  integer_literal: (_) =>
    token(
      seq(
        choice(/[0-9][0-9_]*/, /0x[0-9a-fA-F_]+/, /0o[0-7_]+/, /0b[01_]+/),
        optional(/[ui](8|16|32|64)/),
      ),
    ),
  float_literal: (_) =>
    token(
      choice(
        /[0-9][0-9_]*\.[0-9][0-9_]*([eE][+-]?[0-9][0-9_]*)?(f32|f64)?/,
        /[0-9][0-9_]*[eE][+-]?[0-9][0-9_]*(f32|f64)?/,
        /[0-9][0-9_]*(f32|f64)/,
      ),
    ),
  duration_literal: (_) => /[0-9][0-9_]*(ns|us|ms|s|m|h)/,
  _tuple_index: (_) => /[0-9]+/,
  boolean_literal: (_) => choice("true", "false"),
  char_literal: (_) => /'([^'\\\r\n]|\\([^xu\r\n]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}))'/,

  string_literal: ($) =>
    seq(
      '"',
      repeat(choice(alias($._string_text, $.string_content), $.escape_sequence, $.brace_escape, $.interpolation)),
      token.immediate('"'),
    ),
  multi_line_string_literal: ($) =>
    seq(
      '"""',
      repeat(choice(alias($._multi_line_text, $.string_content), $.escape_sequence, $.brace_escape, $.interpolation)),
      token.immediate('"""'),
    ),
  escape_sequence: (_) =>
    token.immediate(/\\([^xu\r\n]|x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\})/),
  brace_escape: (_) => token.immediate(choice("{{", "}}")),
  interpolation: ($) =>
    seq(
      token.immediate("{"),
      field("value", $._expression),
      optional(field("format", $.format)),
      "}",
    ),
  format: (_) => token(/:[^}\r\n"]*/),

  // Names.

  self: (_) => "self",
  self_type: (_) => "Self",

  identifier: (_) => /_+|_*[\p{Ll}\p{Lo}\p{Lm}\p{Lt}\p{Nl}][\p{XID_Continue}]*|_+[0-9][\p{XID_Continue}]*/,
  // The first letter is of upper case: a type, a variant, a message or a constant.
  type_identifier: (_) => /_*\p{Lu}[\p{XID_Continue}]*/,

  _name: ($) => choice($.identifier, $._soft_keyword),
  _any_name: ($) => choice($._name, $.type_identifier),
  // Where every word is a name.
  _word: ($) => choice($._small_word, $.type_identifier),
  _small_word: ($) => choice($._name, $._hard_keyword),

  // Where its construct can start, a word is a keyword rather than a name.
  _soft_keyword: ($) => prec(-1, choice(...SOFT_KEYWORDS.map((word) => alias(word, $.identifier)))),
  _hard_keyword: ($) => choice(...HARD_KEYWORDS.map((word) => alias(word, $.identifier))),

  // Comments.

  line_comment: (_) => token(choice(/\/\/([^\/!\r\n][^\r\n]*)?/, /\/\/\/\/[^\r\n]*/)),
  // `///` documents what follows, `//!` the file.
  doc_comment: (_) => token(choice(/\/\/\/([^\/\r\n][^\r\n]*)?/, /\/\/![^\r\n]*/)),
};
