; As nvim-treesitter reads it: one step for what stands between brackets, and for a chain of calls.

[
  (actor_body)
  (arguments)
  (array_expression)
  (attribute_arguments)
  (block)
  (extern_body)
  (field_initializer_list)
  (field_list)
  (impl_body)
  (match_body)
  (parameters)
  (parenthesized_expression)
  (repeat_expression)
  (select_body)
  (state_declaration)
  (struct_pattern)
  (trait_body)
  (tuple_expression)
  (tuple_field_list)
  (use_list)
  (variant_list)
  (where_clause)
] @indent.begin

[")" "]" "}"] @indent.branch @indent.end

[
  (block_comment)
  (multi_line_string_literal)
  (raw_string_literal)
] @indent.auto

(ERROR ["(" "[" "{"]) @indent.begin
