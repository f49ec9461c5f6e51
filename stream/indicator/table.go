package indicator

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"yiping/layers"
	"yiping/stream"
)

// Stream is the name of the stream.
const Stream = "indicators"

// Config is what a Table works with.
type Config struct {
	Indicators []Indicator
	// Tables are the streams that are counted, and perhaps others.
	Tables []stream.Table
	// Regions are those of now; nil as long as they are not known. Equal (==) ones are
	// the same.
	Regions func() *Regions
	// Now is the clock; time.Now without it.
	Now func() time.Time
}

// Hub is told what changes, after the table has it.
type Hub interface {
	Touch(stream string, touches []stream.Touch, position string, made time.Time)
	Replace(stream, position string)
}

// Table is the stream of indicators.
type Table struct {
	about   stream.Description
	sources []*source
	regions func() *Regions
	now     func() time.Time
	names   names // of Count
	// current is nil before the first count.
	current atomic.Pointer[picture]
}

var _ stream.Table = (*Table)(nil)

// New has counted nothing. The error says which indicator no table can tell.
func New(c Config) (*Table, error) {
	t := &Table{about: describe(), regions: c.Regions, now: c.Now, names: names{ids: map[string]int64{}}}
	if t.now == nil {
		t.now = time.Now
	}
	by := map[string]*source{}
	for _, table := range c.Tables {
		s, err := newSource(table)
		if err != nil {
			return nil, err
		}
		by[table.Describe().Name] = s
		t.sources = append(t.sources, s)
	}
	for _, i := range c.Indicators {
		s := by[i.Stream]
		if s == nil {
			return nil, fmt.Errorf("indicator %s: there is no stream %q", i.Code, i.Stream)
		}
		if err := s.add(i); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// The fields of rows.
const (
	fieldCode      = "code"
	fieldTitle     = "title"
	fieldTitleEN   = "title_en"
	fieldRegion    = "region"
	fieldName      = "region_name"
	fieldValue     = "value"
	fieldUnit      = "unit"
	fieldSynthetic = "synthetic"
	fieldAt        = "at"
)

func describe() stream.Description {
	text := layers.String
	rows := []layers.Property{
		{Name: fieldCode, Type: text, Title: layers.Text{Zh: "指标编码", En: "Code of the indicator"}, Required: true},
		{Name: fieldTitle, Type: text, Title: layers.Text{Zh: "指标名称", En: "Title of the indicator"}, Required: true},
		{Name: fieldTitleEN, Type: text, Title: layers.Text{Zh: "指标英文名称", En: "Title of the indicator in English"}, Required: true},
		{Name: fieldRegion, Type: text, Title: layers.Text{Zh: "区划代码", En: "Code of the district; null: the city"}},
		{Name: fieldName, Type: text, Title: layers.Text{Zh: "区划名称", En: "Name of the district"}},
		{Name: fieldValue, Type: layers.Number, Title: layers.Text{Zh: "数值", En: "Value"}, Required: true},
		{Name: fieldUnit, Type: text, Title: layers.Text{Zh: "单位", En: "Unit of the value"}, Required: true},
		{Name: fieldSynthetic, Type: layers.Boolean, Title: layers.Text{Zh: "含合成数据", En: "Whether any of it is made up"}, Required: true},
	}
	return stream.Description{
		Name: Stream,
		Rows: &layers.Layer{
			Name: Stream, Title: layers.Text{Zh: "指标", En: "Indicators"}, Geometry: layers.Point, Properties: rows,
		},
		// An object is told, but no filter names it.
		Fields: append(rows, layers.Property{Name: fieldAt, Type: "object", Title: layers.Text{Zh: "统计时点", En: "Position of the stream that was counted"}}),
	}
}

// Describe says what rows are like.
func (t *Table) Describe() stream.Description { return t.about }

// View is the rows as they are now; nil before the first count.
func (t *Table) View() stream.View {
	if p := t.current.Load(); p != nil {
		return p
	}
	return nil
}

// every is how often is counted.
const every = time.Second

// Run counts until ctx is done, and returns nil then, or an error if a stream has lost a
// field that an indicator is about.
func (t *Table) Run(ctx context.Context, hub Hub) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := t.Count(hub); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Count counts the streams that have changed since the last time, and tells the hub which
// rows are different. The error is that of Run.
func (t *Table) Count(hub Hub) error {
	regions := t.regions()
	if regions == nil {
		return nil
	}
	before := t.current.Load()
	first := before == nil
	if first {
		before = &picture{epoch: rand.Text()}
	}
	now := t.now()
	d := before.draft(regions, &t.names, now)
	for _, s := range t.sources {
		if err := d.count(s); err != nil {
			return err
		}
	}
	next, touches := d.finish()
	t.current.Store(next)
	switch {
	case first:
		hub.Replace(Stream, next.Position())
	case len(touches) > 0:
		hub.Touch(Stream, touches, next.Position(), now)
	}
	return nil
}

// Since visits what has been changed after a position.
func (t *Table) Since(_ context.Context, position string, limit int, visit func(stream.Past)) error {
	p := t.current.Load()
	epoch, number, _ := strings.Cut(position, ".")
	seq, err := strconv.ParseUint(number, 10, 64)
	if p == nil || epoch != p.epoch || err != nil {
		return stream.ErrEpoch
	}
	if seq < p.floor {
		return stream.ErrExpired
	}
	n := 0
	tell := func(of uint64, past stream.Past) bool {
		if of <= seq {
			return true
		}
		if n++; n > limit {
			return false
		}
		visit(past)
		return true
	}
	for _, l := range p.left {
		if !tell(l.seq, stream.Past{ID: l.id, Was: true, Old: boxAt(l.at)}) {
			return stream.ErrExpired
		}
	}
	for i := range p.rows {
		r := &p.rows[i]
		if !tell(r.ver, stream.Past{ID: r.id, Was: true, Old: boxAt(r.region.anchor)}) {
			return stream.ErrExpired
		}
	}
	return nil
}
