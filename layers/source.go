package layers

import "slices"

// Source is where features came from: what must be said about them wherever
// they are shown.
type Source struct {
	// Name is the key that Feature.Source and the source column carry.
	Name        string `json:"name" yaml:"name"`
	Title       string `json:"title" yaml:"title"`
	Licence     string `json:"licence" yaml:"licence"`
	Attribution string `json:"attribution" yaml:"attribution"`
	// Datum is that of the source's coordinates before conversion.
	Datum string `json:"datum" yaml:"datum"`
	// Synthetic sources were generated, not surveyed.
	Synthetic bool `json:"synthetic" yaml:"synthetic"`
	// Schematic sources were drawn by hand from well-known facts.
	Schematic bool `json:"schematic" yaml:"schematic"`
}

// Attributions are the lines that must be shown with a layer, each once.
func Attributions(l *Layer, sources []Source) []string {
	lines := []string{}
	if l.Attribution != "" {
		lines = append(lines, l.Attribution)
	}
	for _, s := range sources {
		if s.Attribution != "" && !slices.Contains(lines, s.Attribution) {
			lines = append(lines, s.Attribution)
		}
	}
	return lines
}
