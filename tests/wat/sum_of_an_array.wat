  (func $sum (;2;) (type 2) (param $xs i32) (result i64)
    (local $"#local1 xs" (@name "xs") i32) (local i32) (local $total i64)
    local.get $xs
    i32.const 16
    i32.add
    local.tee $"#local1 xs"
    local.get $xs
    i32.load offset=8
    i32.const 3
    i32.shl
    i32.add
    local.tee $xs
    local.get $"#local1 xs"
    local.tee 2
    i32.ne
    if ;; label = @1
      loop ;; label = @2
        local.get $total
        local.get $"#local1 xs"
        i64.load
        i64.add
        local.set $total
        local.get 2
        i32.const 8
        i32.add
        local.tee $"#local1 xs"
        local.tee 2
        local.get $xs
        i32.ne
        br_if 0 (;@2;)
      end
    end
    local.get $total
  )
