//! Random numbers for input: the same in all languages.

pub struct Random {
    state: i64,
}

impl Random {
    pub fn new() -> Random {
        Random { state: 42 }
    }

    pub fn below(&mut self, limit: i64) -> i64 {
        self.state = (self.state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF;
        (self.state >> 8) % limit
    }
}
