package heatmap

// choose decides which parts of a whole that is shown are shown, so that small counts
// are hidden with whatever would reveal them: nothing that is shown, and no difference
// of shown cells and cells within them, lies between 1 and least-1. here is the
// devices of each part, and hidden is set for those that are not to be told.
//
// A part is shown if it has nobody or at least so many devices. Where the hidden parts
// have fewer together, the smallest shown part is hidden as well, the first of equals.
// So what is hidden in a shown whole is none or at least that, and every difference is a
// sum of such remainders and of shown cells. The parts of what is hidden are hidden.
// (Complementary suppression; Hundepool et al., Statistical Disclosure Control, 2012,
// chapter 4.)
func choose(here []int32, least int32, hidden []bool) {
	sum, smallest := int32(0), -1
	for i, n := range here {
		hidden[i] = n > 0 && n < least
		switch {
		case hidden[i]:
			sum += n
		case n > 0 && (smallest < 0 || n < here[smallest]):
			smallest = i
		}
	}
	if sum > 0 && sum < least && smallest >= 0 {
		hidden[smallest] = true
	}
}

// tellFlow is what may be told of the devices that came and went in a shown cell:
// multiples of least. If either is fewer than that, but not nobody, neither is told,
// because their difference is known: it is that of the cell's counts.
func tellFlow(in, out, least int32) (toldIn, toldOut int32) {
	if in > 0 && in < least || out > 0 && out < least {
		return 0, 0
	}
	return int32(rounded(int(in), int(least))), int32(rounded(int(out), int(least)))
}
