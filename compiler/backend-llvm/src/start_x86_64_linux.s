# What every executable for Linux on 64-bit x86 has: the start of the process, its stack, what signals mean, system calls,
# and the functions that the code generator calls by name. There is no C library. The linker drops what nothing calls.
#
# `GAL_STACK_BYTES` is defined in front of this text, and `GAL_IN_C`: whether the program is linked with a C library after all,
# for that which writes its profile. C then starts the process and calls `main`, and its `exit` ends it, which calls what
# others want done first. Fatal errors end it at once.

# Both must match library/sys/linux/threads.gal.
# Below the stack; larger frames touch it page by page ("probe-stack").
.set GAL_GUARD_BYTES, 65536
# What debuggers alone read is not loaded.
.cfi_sections .debug_frame
.set GAL_SIGNAL_STACK_BYTES, 65536

.section .bss.gal, "aw", @nobits
.balign 16
# Its lowest word, which no signal reaches, has the lowest address of the guard of the thread's stack.
gal_stack_of_signals:
    .skip GAL_SIGNAL_STACK_BYTES
gal_initial_stack_pointer:
    .skip 8

.section .rodata.gal, "a", @progbits
gal_message_overflow:
    .ascii "fatal: stack overflow\n"
.set GAL_OVERFLOW_LENGTH, . - gal_message_overflow
gal_message_bounds:
    .ascii "fatal: memory access out of bounds\n"
.set GAL_BOUNDS_LENGTH, . - gal_message_bounds
gal_message_unreachable:
    .ascii "fatal: unreachable code was reached\n"
.set GAL_UNREACHABLE_LENGTH, . - gal_message_unreachable
gal_message_division:
    .ascii "fatal: integer division\n"
.set GAL_DIVISION_LENGTH, . - gal_message_division
gal_message_memory:
    .ascii "fatal: out of memory\n"
.set GAL_MEMORY_LENGTH, . - gal_message_memory
gal_message_thread:
    .ascii "fatal: a thread panicked\n"
.set GAL_THREAD_LENGTH, . - gal_message_thread
.balign 8
# struct sigaltstack
gal_signal_stack:
    .quad gal_stack_of_signals
    .quad 0
    .quad GAL_SIGNAL_STACK_BYTES
# struct sigaction of the kernel: on the other stack, with what is known of the fault, and a restorer, which it asks for
gal_handle:
    .quad gal_signal
    .quad 0x0c000004
    .quad gal_restore
    .quad 0
gal_ignore:
    .quad 1
    .quad 0x04000000
    .quad gal_restore
    .quad 0

.section .text.gal.start, "ax", @progbits
# Debuggers end here: nobody called it.
.cfi_startproc
.cfi_undefined rip
.if GAL_IN_C
.globl main
.type main, @function
main:
    # The second argument is where the kernel has put the arguments, above their number.
    subq $8, %rsi
    movq %rsi, gal_initial_stack_pointer(%rip)
.else
.globl _start
.type _start, @function
_start:
    movq %rsp, gal_initial_stack_pointer(%rip)
.endif
    xorl %ebp, %ebp
    # mmap: readable and writable; private, anonymous, not counted before it is used
    movl $9, %eax
    xorl %edi, %edi
    movq $(GAL_STACK_BYTES + GAL_GUARD_BYTES), %rsi
    movl $3, %edx
    movl $0x24022, %r10d
    movq $-1, %r8
    xorl %r9d, %r9d
    syscall
    testq %rax, %rax
    js gal_no_memory
    movq %rax, gal_stack_of_signals(%rip)
    leaq (%rax, %rsi), %rsp
    # mprotect: no access to the guard
    movq %rax, %rdi
    movl $10, %eax
    movl $GAL_GUARD_BYTES, %esi
    xorl %edx, %edx
    syscall
    # sigaltstack
    movl $131, %eax
    leaq gal_signal_stack(%rip), %rdi
    xorl %esi, %esi
    syscall
    leaq gal_handle(%rip), %rbx
    movl $4, %edi
    call gal_on_signal
    movl $7, %edi
    call gal_on_signal
    movl $8, %edi
    call gal_on_signal
    movl $11, %edi
    call gal_on_signal
    leaq gal_ignore(%rip), %rbx
    movl $13, %edi
    call gal_on_signal
    call gal_main
    xorl %edi, %edi
.if GAL_IN_C
    call exit
.else
    jmp gal_exit
.endif
    .cfi_endproc

# rt_sigaction: the signal is in edi, what happens at rbx
gal_on_signal:
    movl $13, %eax
    movq %rbx, %rsi
    xorl %edx, %edx
    movl $8, %r10d
    syscall
    ret

gal_restore:
    movl $15, %eax
    syscall

gal_no_memory:
    leaq gal_message_memory(%rip), %rsi
    movl $GAL_MEMORY_LENGTH, %edx
    jmp gal_fatal

# The number of the signal is in edi, what is known of it at rsi; the address of the fault is the third word there. The third word
# at rdx, which has the state of the thread, is the address of its stack of signals.
gal_signal:
    cmpl $4, %edi
    je 4f
    cmpl $8, %edi
    je 8f
    cmpl $11, %edi
    jne 7f
    movq 16(%rsi), %rax
    movq 16(%rdx), %rcx
    # None: a thread that C has started.
    testq %rcx, %rcx
    jz 7f
    subq (%rcx), %rax
    cmpq $GAL_GUARD_BYTES, %rax
    jae 7f
    leaq gal_message_overflow(%rip), %rsi
    movl $GAL_OVERFLOW_LENGTH, %edx
    jmp gal_fatal
4:
    leaq gal_message_unreachable(%rip), %rsi
    movl $GAL_UNREACHABLE_LENGTH, %edx
    jmp gal_fatal
7:
    leaq gal_message_bounds(%rip), %rsi
    movl $GAL_BOUNDS_LENGTH, %edx
    jmp gal_fatal
8:
    leaq gal_message_division(%rip), %rsi
    movl $GAL_DIVISION_LENGTH, %edx

# Writes the message at rsi of length edx, and ends the process.
gal_fatal:
    movl $1, %eax
    movl $2, %edi
    syscall
    movl $102, %edi
gal_exit:
    movl $231, %eax
    syscall
    hlt
.if GAL_IN_C
.size main, . - main
.else
.size _start, . - _start
.endif

# What library/sys/linux/kernel.gal declares. The kernel takes its fourth argument in r10, as `syscall` needs rcx.
.section .text.gal_syscall3, "ax", @progbits
.globl gal_syscall3
.type gal_syscall3, @function
gal_syscall3:
.if GAL_IN_C
    # exit_group
    cmpq $231, %rdi
    je gal_exit_c
.endif
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    syscall
    ret
.if GAL_IN_C
gal_exit_c:
    movl %esi, %edi
    andq $-16, %rsp
    call exit
.endif
.size gal_syscall3, . - gal_syscall3

.section .text.gal_syscall6, "ax", @progbits
.globl gal_syscall6
.type gal_syscall6, @function
gal_syscall6:
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    movq %r8, %r10
    movq %r9, %r8
    movq 8(%rsp), %r9
    syscall
    ret
.size gal_syscall6, . - gal_syscall6

# Starts a thread: its stack ends at rdi; it calls rsi, which gives 0, with what is in rdx and 0, has the stack of signals at rcx, and the kernel
# puts a zero at r8 and wakes who waits there when it has ended. Gives back what clone does.
.section .text.gal_thread_start, "ax", @progbits
.globl gal_thread_start
.type gal_thread_start, @function
gal_thread_start:
    .cfi_startproc
    subq $32, %rdi
    movq %rsi, (%rdi)
    movq %rdx, 8(%rdi)
    movq %rcx, 16(%rdi)
    movq %rdi, %rsi
    # clone: memory, folders, files and handlers are shared; a thread, whose end is told
    movl $56, %eax
    movl $0x250f00, %edi
    xorl %edx, %edx
    movq %r8, %r10
    xorl %r8d, %r8d
    syscall
    testq %rax, %rax
    je 1f
    ret
    .cfi_undefined rip
1:
    xorl %ebp, %ebp
    # struct sigaltstack
    pushq $GAL_SIGNAL_STACK_BYTES
    pushq $0
    pushq 32(%rsp)
    movl $131, %eax
    movq %rsp, %rdi
    xorl %esi, %esi
    syscall
    addq $24, %rsp
    movq 8(%rsp), %rdi
    xorl %esi, %esi
    call *(%rsp)
    # It gives 0, or has thrown: then there is a flag in front of its result.
    testl %eax, %eax
    jne gal_thread_panicked
    # exit
    movl $60, %eax
    xorl %edi, %edi
    syscall
    hlt
    .cfi_endproc
gal_thread_panicked:
    leaq gal_message_thread(%rip), %rsi
    movl $GAL_THREAD_LENGTH, %edx
    jmp gal_fatal
.size gal_thread_start, . - gal_thread_start

.section .text.gal_initial_stack, "ax", @progbits
.globl gal_initial_stack
.type gal_initial_stack, @function
gal_initial_stack:
    movq gal_initial_stack_pointer(%rip), %rax
    ret
.size gal_initial_stack, . - gal_initial_stack

.section .text.gal_frame_pointer, "ax", @progbits
.globl gal_frame_pointer
.type gal_frame_pointer, @function
gal_frame_pointer:
    movq %rbp, %rax
    ret
.size gal_frame_pointer, . - gal_frame_pointer

# The table is linked in with `-g` alone, see line_table.rs.
.section .text.gal_line_table, "ax", @progbits
.weak gal_lines
.globl gal_line_table
.type gal_line_table, @function
gal_line_table:
    movq $gal_lines, %rax
    ret
.size gal_line_table, . - gal_line_table

# Copies rdx bytes from rsi to rdi; the ranges may overlap. Up to 32 bytes are read whole before anything is written; of more, what
# the loop would overwrite before it is read: the end, or backwards the start.
.section .text.memmove, "ax", @progbits
.globl memcpy
.globl memmove
.type memcpy, @function
.type memmove, @function
.balign 16
memcpy:
memmove:
    movq %rdi, %rax
    cmpq $16, %rdx
    jb 2f
    cmpq $32, %rdx
    ja 1f
    movups (%rsi), %xmm0
    movups -16(%rsi, %rdx), %xmm1
    movups %xmm0, (%rdi)
    movups %xmm1, -16(%rdi, %rdx)
    ret
1:
    movq %rdi, %rcx
    subq %rsi, %rcx
    cmpq %rdx, %rcx
    jb 7f
    cmpq $2048, %rdx
    jae 6f
5:
    movups -32(%rsi, %rdx), %xmm2
    movups -16(%rsi, %rdx), %xmm3
    leaq -32(%rdi, %rdx), %r8
.balign 16
3:
    movups (%rsi), %xmm0
    movups 16(%rsi), %xmm1
    movups %xmm0, (%rdi)
    movups %xmm1, 16(%rdi)
    addq $32, %rsi
    addq $32, %rdi
    cmpq %r8, %rdi
    jb 3b
    movups %xmm2, (%r8)
    movups %xmm3, 16(%r8)
    ret
6:
    # The processor's own loop is the fastest, but slow where the ranges overlap.
    negq %rcx
    cmpq %rdx, %rcx
    jb 5b
    movq %rdx, %rcx
    rep movsb
    ret
7:
    testq %rcx, %rcx
    je 9f
    movups (%rsi), %xmm2
    movups 16(%rsi), %xmm3
    addq %rdx, %rsi
    leaq (%rdi, %rdx), %rcx
    leaq 32(%rdi), %r8
.balign 16
8:
    movups -16(%rsi), %xmm0
    movups -32(%rsi), %xmm1
    movups %xmm0, -16(%rcx)
    movups %xmm1, -32(%rcx)
    subq $32, %rsi
    subq $32, %rcx
    cmpq %r8, %rcx
    ja 8b
    movups %xmm2, (%rdi)
    movups %xmm3, 16(%rdi)
9:
    ret
2:
    cmpl $8, %edx
    jb 4f
    movq (%rsi), %rcx
    movq -8(%rsi, %rdx), %r8
    movq %rcx, (%rdi)
    movq %r8, -8(%rdi, %rdx)
    ret
4:
    cmpl $4, %edx
    jb 4f
    movl (%rsi), %ecx
    movl -4(%rsi, %rdx), %r8d
    movl %ecx, (%rdi)
    movl %r8d, -4(%rdi, %rdx)
    ret
4:
    cmpl $2, %edx
    jb 4f
    movzwl (%rsi), %ecx
    movzwl -2(%rsi, %rdx), %r8d
    movw %cx, (%rdi)
    movw %r8w, -2(%rdi, %rdx)
    ret
4:
    testl %edx, %edx
    je 9b
    movzbl (%rsi), %ecx
    movb %cl, (%rdi)
    ret
.size memcpy, . - memcpy
.size memmove, . - memmove

# Fills rdx bytes at rdi with the byte in esi.
.section .text.memset, "ax", @progbits
.globl memset
.type memset, @function
.balign 16
memset:
    movq %rdi, %rax
    movzbl %sil, %ecx
    imull $0x01010101, %ecx, %ecx
    movd %ecx, %xmm0
    pshufd $0, %xmm0, %xmm0
    cmpq $16, %rdx
    jb 2f
    cmpq $1024, %rdx
    jae 3f
    leaq -16(%rdi, %rdx), %r8
1:
    movups %xmm0, (%rdi)
    addq $16, %rdi
    cmpq %r8, %rdi
    jb 1b
    movups %xmm0, (%r8)
    ret
3:
    movq %rdi, %r8
    movl %esi, %eax
    movq %rdx, %rcx
    rep stosb
    movq %r8, %rax
    ret
2:
    cmpl $8, %edx
    jb 4f
    movq %xmm0, %rcx
    movq %rcx, (%rdi)
    movq %rcx, -8(%rdi, %rdx)
    ret
4:
    cmpl $4, %edx
    jb 4f
    movl %ecx, (%rdi)
    movl %ecx, -4(%rdi, %rdx)
    ret
4:
    cmpl $2, %edx
    jb 4f
    movw %cx, (%rdi)
    movw %cx, -2(%rdi, %rdx)
    ret
4:
    testl %edx, %edx
    je 9f
    movb %cl, (%rdi)
9:
    ret
.size memset, . - memset

.section .note.GNU-stack, "", @progbits
.text
