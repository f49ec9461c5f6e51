package geo

// Morton is the place of f on the Z-order curve: the bits of x and y in turns, y
// above x. The units of a tile of any zoom follow one another on the curve.
func (f Fixed) Morton() uint64 { return spread(f.X) | spread(f.Y)<<1 }

// FixedFromMorton undoes Fixed.Morton.
func FixedFromMorton(key uint64) Fixed { return Fixed{gather(key), gather(key >> 1)} }

// MortonRange is the first and the last place of the tile on the curve, both
// inclusive.
func (t TileID) MortonRange() (first, last uint64) {
	box := t.FixedBox()
	return box.Min.Morton(), box.Max.Morton()
}

// spread puts a zero above each bit (S. E. Anderson, Bit Twiddling Hacks,
// "Interleave bits by Binary Magic Numbers", here for 32 bits).
func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

// gather undoes spread and leaves out the bits between.
func gather(x uint64) uint32 {
	x &= 0x5555555555555555
	x = (x | x>>1) & 0x3333333333333333
	x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	return uint32(x | x>>16)
}
