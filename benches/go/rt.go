package main

// Random numbers for input: the same in all languages.
type Random struct {
	state int
}

func NewRandom() *Random {
	return &Random{42}
}

func (r *Random) Below(limit int) int {
	r.state = (r.state*1_103_515_245 + 12_345) & 0x7FFF_FFFF
	return (r.state >> 8) % limit
}
