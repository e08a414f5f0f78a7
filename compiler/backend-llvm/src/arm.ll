
; `llvm.minimum` and `llvm.maximum` of 64-bit floats: LLVM 22 cannot select what it makes of them on 32-bit ARM. Equal numbers have the
; same bits, but for zeros of different signs.

define internal double @gal.minimum.f64(double %a, double %b) alwaysinline nounwind {
  %less = fcmp olt double %a, %b
  %more = fcmp ogt double %a, %b
  %equal = fcmp oeq double %a, %b
  %a.bits = bitcast double %a to i64
  %b.bits = bitcast double %b to i64
  %bits = or i64 %a.bits, %b.bits
  %both = bitcast i64 %bits to double
  %nan = fadd double %a, %b
  %equal.or.nan = select i1 %equal, double %both, double %nan
  %more.or.not = select i1 %more, double %b, double %equal.or.nan
  %result = select i1 %less, double %a, double %more.or.not
  ret double %result
}

define internal <2 x double> @gal.minimum.v2f64(<2 x double> %a, <2 x double> %b) alwaysinline nounwind {
  %a0 = extractelement <2 x double> %a, i32 0
  %b0 = extractelement <2 x double> %b, i32 0
  %r0 = call double @gal.minimum.f64(double %a0, double %b0)
  %a1 = extractelement <2 x double> %a, i32 1
  %b1 = extractelement <2 x double> %b, i32 1
  %r1 = call double @gal.minimum.f64(double %a1, double %b1)
  %low = insertelement <2 x double> poison, double %r0, i32 0
  %result = insertelement <2 x double> %low, double %r1, i32 1
  ret <2 x double> %result
}

define internal double @gal.maximum.f64(double %a, double %b) alwaysinline nounwind {
  %less = fcmp olt double %a, %b
  %more = fcmp ogt double %a, %b
  %equal = fcmp oeq double %a, %b
  %a.bits = bitcast double %a to i64
  %b.bits = bitcast double %b to i64
  %bits = and i64 %a.bits, %b.bits
  %both = bitcast i64 %bits to double
  %nan = fadd double %a, %b
  %equal.or.nan = select i1 %equal, double %both, double %nan
  %more.or.not = select i1 %more, double %a, double %equal.or.nan
  %result = select i1 %less, double %b, double %more.or.not
  ret double %result
}

define internal <2 x double> @gal.maximum.v2f64(<2 x double> %a, <2 x double> %b) alwaysinline nounwind {
  %a0 = extractelement <2 x double> %a, i32 0
  %b0 = extractelement <2 x double> %b, i32 0
  %r0 = call double @gal.maximum.f64(double %a0, double %b0)
  %a1 = extractelement <2 x double> %a, i32 1
  %b1 = extractelement <2 x double> %b, i32 1
  %r1 = call double @gal.maximum.f64(double %a1, double %b1)
  %low = insertelement <2 x double> poison, double %r0, i32 0
  %result = insertelement <2 x double> %low, double %r1, i32 1
  ret <2 x double> %result
}
