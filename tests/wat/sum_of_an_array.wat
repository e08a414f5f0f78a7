  (func $sum (;2;) (type 2) (param $xs i32) (result i64)
    (local i32 i32) (local $total i64)
    local.get $xs
    i32.const 16
    i32.add
    local.tee 1
    local.get $xs
    i32.load offset=8
    i32.const 3
    i32.shl
    i32.add
    local.tee $xs
    local.get 1
    local.tee 2
    i32.ne
    if ;; label = @1
      loop ;; label = @2
        local.get $total
        local.get 1
        i64.load
        i64.add
        local.set $total
        local.get 2
        i32.const 8
        i32.add
        local.tee 1
        local.tee 2
        local.get $xs
        i32.ne
        br_if 0 (;@2;)
      end
    end
    local.get $total
  )
