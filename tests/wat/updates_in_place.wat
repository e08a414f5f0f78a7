  (func $scale (;2;) (type 2) (param i32) (param $k f64)
    (local i32) (local $i i64) (local i64)
    local.get 0
    i32.load
    i32.load
    i32.const 1
    i32.ne
    if ;; label = @1
      local.get 0
      call $Array<Float>.make_unique
    end
    i64.const 0
    local.tee $i
    local.get 0
    i32.load
    local.tee 0
    i32.load offset=8
    i64.extend_i32_u
    local.tee 4
    i64.lt_s
    if ;; label = @1
      loop ;; label = @2
        local.get 0
        local.get $i
        i32.wrap_i64
        i32.const 8
        i32.mul
        i32.add
        local.tee 2
        local.get 2
        f64.load offset=16
        local.get $k
        f64.mul
        f64.store offset=16
        local.get $i
        i64.const 1
        i64.add
        local.tee $i
        local.get 4
        i64.lt_s
        br_if 0 (;@2;)
      end
    end
  )
