; Scopes

[
  (block)
  (closure)
  (constructor)
  (for_expression)
  (function_declaration)
  (handler)
  (if_expression)
  (impl_declaration)
  (match_arm)
  (actor_declaration)
  (enum_declaration)
  (select_arm)
  (source_file)
  (struct_declaration)
  (test_declaration)
  (trait_declaration)
  (while_expression)
] @local.scope

; Definitions

(parameter pattern: (binding_pattern name: (identifier) @local.definition.parameter))
(closure_parameter pattern: (binding_pattern name: (identifier) @local.definition.parameter))
(binding_pattern name: (identifier) @local.definition.var)
(field_pattern name: (identifier) @local.definition.var !pattern)
(rest_pattern name: (identifier) @local.definition.var)
(type_parameter name: (_) @local.definition.type)
(const_parameter name: (_) @local.definition.type)
(state name: (identifier) @local.definition.field)

; References

(identifier) @local.reference
(type_identifier) @local.reference
