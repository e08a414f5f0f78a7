; The start of programs that are linked to a C library, and what it was given: `library/sys/libc/c.gal` declares the functions
; that ask for that. `start_c_unix.ll` or `start_c_windows.ll` is behind this text.

@gal.arguments = internal global ptr null
@gal.environment = internal global ptr null

declare void @gal_main()

; All C libraries pass the third argument.
define i32 @main(i32 %count, ptr %arguments, ptr %environment) nounwind {
  store ptr %arguments, ptr @gal.arguments
  store ptr %environment, ptr @gal.environment
  call void @gal.prepare()
  call void @gal_main()
  ret i32 0
}

define internal ptr @gal_arguments() nounwind {
  %value = load ptr, ptr @gal.arguments
  ret ptr %value
}

define internal ptr @gal_environment() nounwind {
  %value = load ptr, ptr @gal.environment
  ret ptr %value
}
