  (func $dot (;2;) (type 2) (param $xs i32) (param $ys i32) (result f64)
    (local i32) (local $i i64) (local i64 i64) (local $total f64)
    local.get $xs
    i32.load offset=8
    i64.extend_i32_u
    local.tee 4
    local.get $ys
    i32.load offset=8
    i64.extend_i32_u
    local.tee 5
    i64.gt_s
    if ;; label = @1
      local.get 5
      local.set 4
    end
    local.get $i
    local.get 4
    i64.lt_s
    if ;; label = @1
      loop ;; label = @2
        local.get $total
        local.get $xs
        local.get $i
        i32.wrap_i64
        i32.const 8
        i32.mul
        local.tee 2
        i32.add
        f64.load offset=16
        local.get $ys
        local.get 2
        i32.add
        f64.load offset=16
        f64.mul
        f64.add
        local.set $total
        local.get $i
        i64.const 1
        i64.add
        local.tee $i
        local.get 4
        i64.lt_s
        br_if 0 (;@2;)
      end
    end
    local.get $total
  )
