; What the code generator calls for operations that WebAssembly lacks. The linker drops what nothing calls.

; The product of two 128-bit numbers, each as its low and high half, through the caller's slot. `optnone`, because LLVM's passes would find out that
; this is a 128-bit product, and make it one.
define hidden void @__multi3(ptr %product, i64 %al, i64 %ah, i64 %bl, i64 %bh) noinline optnone nounwind {
  %a0 = and i64 %al, 4294967295
  %a1 = lshr i64 %al, 32
  %b0 = and i64 %bl, 4294967295
  %b1 = lshr i64 %bl, 32
  %p00 = mul i64 %a0, %b0
  %p01 = mul i64 %a0, %b1
  %p10 = mul i64 %a1, %b0
  %p11 = mul i64 %a1, %b1
  %carry = lshr i64 %p00, 32
  %middle = add i64 %p10, %carry
  %middle.low = and i64 %middle, 4294967295
  %middle.high = lshr i64 %middle, 32
  %upper = add i64 %middle.low, %p01
  %upper.low = shl i64 %upper, 32
  %upper.high = lshr i64 %upper, 32
  %lowest = and i64 %p00, 4294967295
  %low = or i64 %upper.low, %lowest
  %sum = add i64 %p11, %middle.high
  %square = add i64 %sum, %upper.high
  %cross1 = mul i64 %al, %bh
  %cross2 = mul i64 %ah, %bl
  %cross = add i64 %cross1, %cross2
  %high = add i64 %square, %cross
  store i64 %low, ptr %product, align 8
  %product.high = getelementptr i8, ptr %product, i32 8
  store i64 %high, ptr %product.high, align 8
  ret void
}
