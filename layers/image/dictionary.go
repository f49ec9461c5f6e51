package image

import (
	"slices"

	"yiping/layers"
)

// dictionary numbers texts. It only grows, so that a code means the same in all
// segments of an image, and a slice of texts handed out stays as it is. Code 0 is
// null.
type dictionary struct {
	texts []string
	codes map[string]uint32
	// bytes is the length of all texts.
	bytes int
}

// newDictionary knows the values of an enumeration beforehand: their codes are
// their places in it, from 1.
func newDictionary(p layers.Property) *dictionary {
	d := &dictionary{texts: []string{""}, codes: make(map[string]uint32)}
	for _, text := range p.Enum {
		d.code(text)
	}
	return d
}

// code is that of a text, which is new or not.
func (d *dictionary) code(text string) uint32 {
	code, ok := d.codes[text]
	if !ok {
		code = d.add(text)
	}
	return code
}

// codeOf is code without a string made for a text that is known.
func (d *dictionary) codeOf(text []byte) uint32 {
	code, ok := d.codes[string(text)]
	if !ok {
		code = d.add(string(text))
	}
	return code
}

func (d *dictionary) add(text string) uint32 {
	code := uint32(len(d.texts))
	d.texts = append(d.texts, text)
	d.codes[text] = code
	d.bytes += len(text)
	return code
}

// remap translates the codes of other to d's, and takes in what d lacks.
func (d *dictionary) remap(other *dictionary) []uint32 {
	out := make([]uint32, len(other.texts))
	for code, text := range other.texts[1:] {
		out[code+1] = d.code(text)
	}
	return out
}

// texts lists what dictionaries hold now. Later texts do not show.
func texts(dictionaries []*dictionary) [][]string {
	all := make([][]string, len(dictionaries))
	for n, d := range dictionaries {
		all[n] = slices.Clip(d.texts)
	}
	return all
}
