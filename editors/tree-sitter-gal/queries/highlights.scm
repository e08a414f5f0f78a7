; Where several patterns fit, the last one counts.

; Names

(identifier) @variable
(type_identifier) @type

((type_identifier) @constant
  (#match? @constant "^_*[A-Z][A-Z0-9_]+$"))

((type_identifier) @type.builtin
  (#any-of? @type.builtin
    "Array" "Bool" "Bytes" "Char" "Duration" "Float" "Float32" "Float64" "Future" "Int" "Int8" "Int16" "Int32" "Int64"
    "Iterator" "Map" "Never" "Option" "Ptr" "Range" "Reply" "Result" "Set" "Simd" "String" "Timer" "UInt8" "UInt16"
    "UInt32" "UInt64" "USize"))

(field_expression field: (identifier) @property)
(field_expression field: (integer_literal) @property)
(field_declaration name: (_) @property)
(field_initializer name: (_) @property)
(field_pattern name: (_) @property)
(state name: (_) @property)

(parameter pattern: (binding_pattern name: (identifier) @variable.parameter))
(closure_parameter pattern: (binding_pattern name: (identifier) @variable.parameter))

(type_parameter name: (_) @type)
(const_parameter name: (_) @constant)
(constant_declaration name: (_) @constant)

; Modules

(use_path path: (identifier) @module)
(use_path name: (identifier) @module)
(use_all path: (identifier) @module)
(use_list path: (identifier) @module)
(scoped_type path: (identifier) @module)

; Types, variants and actors

(struct_declaration name: (_) @type)
(enum_declaration name: (_) @type)
(trait_declaration name: (_) @type)
(actor_declaration name: (_) @type)
(export_actor_declaration name: (_) @type)
(type_alias name: (_) @type)
(variant name: (_) @constructor)

(tuple_struct_pattern type: (type_identifier) @constructor)
(tuple_struct_pattern type: (scoped_pattern name: (type_identifier) @constructor))
(call_expression function: (type_identifier) @constructor)
(call_expression function: (field_expression field: (type_identifier) @constructor))
((type_identifier) @constructor
  (#any-of? @constructor "Some" "None" "Ok" "Err"))

; Functions and messages

(function_declaration name: (_) @function)
(constructor name: (_) @function)
(handler name: (_) @function.message)
(call_expression function: (identifier) @function.call)
(call_expression function: (field_expression field: (identifier) @function.method.call))
(call_expression
  function: (generic_expression value: (identifier) @function.call))
(call_expression
  function: (generic_expression value: (field_expression field: (identifier) @function.method.call)))
(send_expression message: (type_identifier) @function.message)
(send_expression message: (call_expression function: (type_identifier) @function.message))
(ask_expression message: (type_identifier) @function.message)
(ask_expression message: (call_expression function: (type_identifier) @function.message))
(spawn_expression actor: (type_identifier) @type)

((call_expression function: (identifier) @function.builtin)
  (#any-of? @function.builtin
    "all" "any" "assert" "defer_reply" "every" "panic" "print" "println" "send_after"))

; Attributes

(attribute "@" @attribute name: (_) @attribute)
(named_attribute_argument name: (_) @property)

; Keywords

[
  "actor" "const" "enum" "extern" "impl" "let" "new" "on" "state" "struct" "trait" "type"
] @keyword

"fn" @keyword.function
(extern_declaration "module" @keyword)
["use" "as"] @keyword.import
(cast_expression "as" @keyword.operator)
["async" "await" "ask" "reply" "select" "send" "spawn" "timeout"] @keyword.coroutine
["if" "else" "match" "when"] @keyword.conditional
["for" "in" "while" "loop" "break" "continue"] @keyword.repeat
(impl_declaration "for" @keyword)
["return" "yield"] @keyword.return
["try" "catch"] @keyword.exception
["dyn" "export" "iso" "mut" "unsafe" "where"] @keyword.modifier
(visibility) @keyword.modifier
"is" @keyword.operator
(test_declaration "test" @keyword)
"Fn" @type.builtin
(self) @variable.builtin
(self_type) @type.builtin

; Literals

(integer_literal) @number
(duration_literal) @number
(float_literal) @number.float
(boolean_literal) @boolean
(char_literal) @character
(string_literal) @string
(multi_line_string_literal) @string
(raw_string_literal) @string
(escape_sequence) @string.escape
(brace_escape) @string.escape
(format) @string.special
(interpolation ["{" "}"] @punctuation.special)
(label) @label

(field_expression field: (integer_literal) @property)

; Comments

(line_comment) @comment
(block_comment) @comment
(doc_comment) @comment.documentation
(shebang) @comment

; Operators and punctuation

[
  "=" "+=" "-=" "*=" "/=" "%=" "**=" "+%=" "-%=" "*%=" "<<=" ">>=" "&=" "|=" "^="
  "+" "-" "*" "/" "%" "**" "+%" "-%" "*%" "<<" ">>" "&" "|" "^" "~" "!" "&&" "||"
  "==" "!=" "<" "<=" ">" ">=" ".." "..=" "?" ".*" "->" "=>"
] @operator

["(" ")" "[" "]" "{" "}"] @punctuation.bracket
(interpolation ["{" "}"] @punctuation.special)
(type_arguments ["<" ">"] @punctuation.bracket)
(type_parameters ["<" ">"] @punctuation.bracket)
(closure_parameters "|" @punctuation.bracket)
["," ";" ":" "."] @punctuation.delimiter
(wildcard_pattern) @character.special
(inferred_type) @character.special
