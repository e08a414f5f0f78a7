
; `_setmode(…, _O_BINARY)` of the standard streams, so that bytes stay as they are.
declare i32 @_setmode(i32, i32)

define internal void @gal.prepare() nounwind {
  %in = call i32 @_setmode(i32 0, i32 32768)
  %out = call i32 @_setmode(i32 1, i32 32768)
  %err = call i32 @_setmode(i32 2, i32 32768)
  ret void
}
