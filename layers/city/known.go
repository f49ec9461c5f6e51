package city

// The features of the base map, as they are.

// syntheticSources are the sources of the base map that were made up.
func (c *City) syntheticSources() map[string]bool {
	names := map[string]bool{}
	for _, s := range c.base.Sources {
		names[s.Name] = s.Synthetic
	}
	return names
}

func (c *City) writeDistricts(out *sink) error {
	synthetic := c.syntheticSources()
	for _, d := range c.base.Districts {
		out.known(d.Code, d.Source, d.SourceID, synthetic)
		out.Geometry = d.Geometry
		out.set(d.Name, orNull(d.NameEn), intOrNull(int(d.Population)), intOrNull(d.PopulationYear), nil, nil)
		if !out.send() {
			break
		}
	}
	return nil
}

func (c *City) writeStreets(out *sink) error {
	synthetic := c.syntheticSources()
	for _, s := range c.base.Streets {
		out.known(s.Code, s.Source, s.SourceID, synthetic)
		out.Geometry = s.Geometry
		out.set(s.Name, orNull(s.NameEn), orNull(s.Parent), intOrNull(int(s.Population)), intOrNull(s.PopulationYear), nil, nil, s.Provisional)
		if !out.send() {
			break
		}
	}
	return nil
}

func (c *City) writeVillages(out *sink) error {
	synthetic := c.syntheticSources()
	for _, v := range c.base.Villages {
		out.known(v.Code, v.Source, v.SourceID, synthetic)
		out.Geometry = v.Geometry
		out.set(v.Name, orNull(v.NameEn), orNull(v.Parent), nil, nil, v.Provisional)
		if !out.send() {
			break
		}
	}
	return nil
}

func (c *City) writeWater(out *sink) error {
	synthetic := c.syntheticSources()
	for _, w := range c.base.Water {
		out.known("", w.Source, w.SourceID, synthetic)
		out.Geometry = w.Geometry
		out.set(orNull(w.Name), orNull(w.NameEn), w.Kind, int64(w.MinZoom))
		if !out.send() {
			break
		}
	}
	return nil
}

func (c *City) writeMetroLines(out *sink) error {
	synthetic := c.syntheticSources()
	for _, m := range c.base.MetroLines {
		out.known("", m.Source, m.SourceID, synthetic)
		out.Geometry = m.Geometry
		out.set(m.Name, orNull(m.NameEn), orNull(m.Ref), orNull(m.Colour))
		if !out.send() {
			break
		}
	}
	return nil
}

func (c *City) writeMetroStations(out *sink) error {
	synthetic := c.syntheticSources()
	for _, m := range c.base.MetroStations {
		out.known("", m.Source, m.SourceID, synthetic)
		out.Geometry = m.Geometry
		out.set(m.Name, orNull(m.NameEn), orNull(m.Lines), orNull(m.Status))
		if !out.send() {
			break
		}
	}
	return nil
}

func (c *City) writePlaces(out *sink) error {
	synthetic := c.syntheticSources()
	for _, p := range c.base.Places {
		out.known("", p.Source, p.SourceID, synthetic)
		out.Geometry = p.Geometry
		out.set(p.Name, orNull(p.NameEn), p.Kind, int64(p.MinZoom))
		if !out.send() {
			break
		}
	}
	return nil
}
