// Files and declarations, those of actors among them.

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const { list, lines, members, head } = require("./common");

module.exports = {
  source_file: ($) =>
    seq(
      optional($.shebang),
      optional($.unsafe_module),
      repeat(choice(seq($._item, optional($._newline)), ";")),
    ),

  shebang: (_) => token(prec(2, /#![^\n]*/)),

  // `unsafe` on a line of its own, the first of the file.
  unsafe_module: ($) => seq("unsafe", $._newline),

  // What ends lines.

  _end: ($) => choice(seq($._newline, repeat(";")), repeat1(";")),
  _line_end: ($) => choice($._newline, ","),

  // Declarations.

  _item: ($) =>
    choice(
      $.use_declaration,
      $.function_declaration,
      $.struct_declaration,
      $.enum_declaration,
      $.trait_declaration,
      $.impl_declaration,
      $.actor_declaration,
      $.export_actor_declaration,
      $.extern_declaration,
      $.constant_declaration,
      $.type_alias,
      $.test_declaration,
    ),

  visibility: (_) => "pub",

  attribute: ($) => seq("@", field("name", $._word), optional(field("arguments", $.attribute_arguments))),
  attribute_arguments: ($) => seq("(", list($._attribute_argument), ")"),
  _attribute_argument: ($) =>
    choice($.string_literal, $.raw_string_literal, $.integer_literal, $._word, $.named_attribute_argument),
  named_attribute_argument: ($) => seq(field("name", $._word), ":", field("value", $._attribute_argument)),

  use_declaration: ($) => seq(head($), "use", $._use_tree),
  _use_tree: ($) => choice($._use_path, $.use_all, $.use_list, $.use_as),
  _use_path: ($) => choice($._word, $.use_path),
  use_path: ($) => seq(field("path", $._use_path), ".", field("name", $._word)),
  use_all: ($) => seq(field("path", $._use_path), ".*"),
  use_list: ($) => seq(field("path", $._use_path), ".", "{", list($._use_tree), "}"),
  use_as: ($) => seq(field("path", $._use_path), "as", field("alias", $._any_name)),

  function_declaration: ($) =>
    prec.right(
      seq(
        head($),
        repeat(choice("async", "export", "unsafe")),
        "fn",
        field("name", $._word),
        $._function_rest,
      ),
    ),
  _function_rest: ($) =>
    prec.right(
      seq(
        field("type_parameters", optional($.type_parameters)),
        field("parameters", $.parameters),
        optional(seq("->", field("return_type", $._type))),
        choice(
          seq(optional($.where_clause), optional($._function_body)),
          seq(alias($._where_with_comma, $.where_clause), field("body", $.block)),
        ),
      ),
    ),
  _function_body: ($) => choice(field("body", $.block), seq("=>", field("body", $._arm_body))),

  parameters: ($) => seq("(", list($._parameter), ")"),
  _parameter: ($) => choice($.self_parameter, $.parameter),
  self_parameter: ($) => seq(optional("mut"), $.self),
  parameter: ($) =>
    seq(field("pattern", $._single_pattern), ":", field("type", $._type)),

  type_parameters: ($) => seq("<", list(choice($.type_parameter, $.const_parameter)), ">"),
  type_parameter: ($) => seq(optional("iso"), field("name", $._any_name), optional($._bounds_clause)),
  const_parameter: ($) => seq("const", field("name", $._any_name), ":", field("type", $._type)),
  _bounds_clause: ($) => seq(":", field("bounds", $.bounds)),
  bounds: ($) => prec.left(seq($._type, repeat(seq("+", $._type)))),
  where_clause: ($) => seq("where", $.where_predicate, repeat(seq(",", $.where_predicate))),
  // The comma joins the line to that of the body.
  _where_with_comma: ($) => seq("where", $.where_predicate, repeat(seq(",", $.where_predicate)), ","),
  _where_before_body: ($) => choice($.where_clause, alias($._where_with_comma, $.where_clause)),
  where_predicate: ($) => seq(field("type", $._type), $._bounds_clause),

  struct_declaration: ($) =>
    prec.right(
      seq(
        head($),
        optional("iso"),
        "struct",
        field("name", $._any_name),
        field("type_parameters", optional($.type_parameters)),
        choice(
          seq(optional($._where_before_body), field("body", $.field_list)),
          field("body", optional($.tuple_field_list)),
        ),
        optional($.where_clause),
      ),
    ),
  field_list: ($) => lines($, $.field_declaration),
  field_declaration: ($) => seq(head($), field("name", $._word), ":", field("type", $._type)),
  tuple_field_list: ($) => seq("(", list(seq(optional($.visibility), field("type", $._type))), ")"),

  enum_declaration: ($) =>
    seq(
      head($),
      optional("iso"),
      "enum",
      field("name", $._any_name),
      field("type_parameters", optional($.type_parameters)),
      optional($._where_before_body),
      field("body", $.variant_list),
    ),
  variant_list: ($) => lines($, $.variant),
  variant: ($) =>
    seq(field("name", $._word), field("body", optional(choice($.field_list, $.tuple_field_list)))),

  trait_declaration: ($) =>
    seq(
      head($),
      "trait",
      field("name", $._any_name),
      field("type_parameters", optional($.type_parameters)),
      optional($._bounds_clause),
      optional($._where_before_body),
      field("body", $.trait_body),
    ),
  trait_body: ($) => members($, choice($._trait_member, $.associated_type, $.handler)),
  associated_type: ($) =>
    prec.right(
      seq(
        head($),
        "type",
        field("name", $._any_name),
        optional($._bounds_clause),
        optional(seq("=", field("default", $._type))),
      ),
    ),

  impl_declaration: ($) =>
    seq(
      head($),
      "impl",
      field("type_parameters", optional($.type_parameters)),
      choice(
        seq(field("trait", $._type), "for", field("type", $._type)),
        field("type", $._type),
      ),
      optional($._where_before_body),
      field("body", $.impl_body),
    ),
  impl_body: ($) => members($, $._member),

  _member: ($) => choice($._trait_member, $.type_alias),
  _trait_member: ($) =>
    choice(
      $.function_declaration,
      $.struct_declaration,
      $.enum_declaration,
      $.constant_declaration,
      $.test_declaration,
    ),

  extern_declaration: ($) =>
    seq(
      head($),
      "extern",
      field("abi", $.string_literal),
      optional(seq("module", field("module", choice($.string_literal, $.raw_string_literal)))),
      field("body", $.extern_body),
    ),
  extern_body: ($) => members($, $._member),

  constant_declaration: ($) =>
    prec.right(
      seq(
        head($),
        "const",
        field("name", $._any_name),
        optional(seq(":", field("type", $._type))),
        optional(seq("=", field("value", $._expression))),
      ),
    ),

  type_alias: ($) =>
    prec.right(
      seq(
        head($),
        "type",
        field("name", $._any_name),
        field("type_parameters", optional($.type_parameters)),
        "=",
        field("type", $._type),
        optional($.where_clause),
      ),
    ),

  test_declaration: ($) =>
    seq(
      head($),
      "test",
      field("name", choice($.string_literal, $.multi_line_string_literal, $.raw_string_literal)),
      field("body", $.block),
    ),

  // Actors.

  actor_declaration: ($) =>
    seq(
      head($),
      "actor",
      field("name", $._any_name),
      field("type_parameters", optional($.type_parameters)),
      optional(seq(":", field("traits", $.trait_list))),
      optional($._where_before_body),
      field("body", $.actor_body),
    ),
  trait_list: ($) => prec.left(seq($._type, repeat(seq(choice(",", "+"), $._type)))),
  actor_body: ($) => members($, choice($._member, $.state_declaration, $.constructor, $.handler)),
  export_actor_declaration: ($) => seq(head($), "export", "actor", field("name", $._any_name)),

  state_declaration: ($) => seq("state", choice($.state, lines($, $.state))),
  state: ($) =>
    prec.right(
      seq(
        field("name", $._any_name),
        ":",
        field("type", $._type),
        optional(seq("=", field("value", $._expression))),
      ),
    ),
  constructor: ($) =>
    prec.right(
      seq("new", field("name", optional($._any_name)), $._function_rest),
    ),
  handler: ($) =>
    prec.right(
      seq(
        repeat($.attribute),
        "on",
        field("name", $._any_name),
        field("parameters", optional($.parameters)),
        optional(seq("->", field("return_type", $._type))),
        optional($._function_body),
      ),
    ),
};
