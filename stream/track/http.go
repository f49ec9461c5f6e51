package track

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"yiping/layers"
	"yiping/layers/api"
	"yiping/stream"
)

// Service answers for streams over HTTP.
type Service struct {
	// Trackers are the streams, in the order in which they are listed.
	Trackers []*Tracker
	// History has what was before; nil if nothing is kept.
	History History
	Feeds   *stream.Feeds
}

// Register adds /streams.
func (s *Service) Register(handle api.Handle) {
	handle("GET /streams", s.streams)
	handle("POST /streams/{stream}", s.report)
	handle("GET /streams/{stream}", s.objects)
	handle("GET /streams/{stream}/feed", s.feed)
	handle("GET /streams/{stream}/nearest", s.nearest)
	handle("POST /streams/{stream}/along", s.along)
	handle("GET /streams/{stream}/{key}", s.object)
	handle("GET /streams/{stream}/{key}/track", s.track)
}

// tracker is that of the stream in the address.
func (s *Service) tracker(r *http.Request) (*Tracker, error) {
	name := r.PathValue("stream")
	for _, t := range s.Trackers {
		if t.d.Name == name {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%w: there is no stream %s; /streams lists all", layers.ErrNotFound, layers.Shown(name))
}

// streamDocument is a stream as /streams tells it.
type streamDocument struct {
	Name         string          `json:"name"`
	Title        layers.Text     `json:"title"`
	Mover        bool            `json:"mover"`
	TTL          float64         `json:"ttl_s"`
	StaleAfter   float64         `json:"stale_after_s"`
	MaxSpeed     float64         `json:"max_speed_m_s,omitempty"`
	History      bool            `json:"history"`
	States       []State         `json:"states"`
	Fields       []fieldDocument `json:"fields"`
	Objects      int             `json:"objects"`
	Stale        int             `json:"stale"`
	PerSecond    float64         `json:"per_second"`
	Accepted     uint64          `json:"accepted"`
	Late         uint64          `json:"late"`
	Duplicate    uint64          `json:"duplicate"`
	Rejected     map[Rule]uint64 `json:"rejected"`
	LastInput    *time.Time      `json:"last_input"`
	LastTime     *time.Time      `json:"last_time"`
	SilentMillis *int64          `json:"idle_ms"`
}

type fieldDocument struct {
	Name  string              `json:"name"`
	Title layers.Text         `json:"title"`
	Type  layers.PropertyType `json:"type"`
	Unit  string              `json:"unit,omitempty"`
	Enum  []string            `json:"enum,omitempty"`
}

// streams answers GET /streams.
func (s *Service) streams(w http.ResponseWriter, r *http.Request) error {
	if _, err := api.ReadQuery(r); err != nil {
		return err
	}
	all := make([]streamDocument, len(s.Trackers))
	for i, t := range s.Trackers {
		all[i] = t.document()
	}
	return api.WriteJSON(w, "application/json", struct {
		Streams []streamDocument `json:"streams"`
	}{all})
}

func (t *Tracker) document() streamDocument {
	st := t.Status()
	d := streamDocument{
		Name: t.d.Name, Title: t.d.Title, Mover: t.d.Mover, TTL: t.d.TTL.Seconds(), StaleAfter: t.d.StaleAfter.Seconds(),
		MaxSpeed: t.d.MaxSpeed, History: t.d.History, States: append([]State{}, t.d.States...), Fields: []fieldDocument{},
		Objects: st.Objects, Stale: st.Stale, PerSecond: st.PerSecond, Accepted: st.Accepted, Late: st.Late,
		Duplicate: st.Duplicate, Rejected: st.Rejected,
	}
	for _, p := range t.d.Properties() {
		d.Fields = append(d.Fields, fieldDocument{p.Name, p.Title, p.Type, p.Unit, p.Enum})
	}
	if !st.LastInput.IsZero() {
		input, silent := st.LastInput.UTC(), t.c.Now().Sub(st.LastInput).Milliseconds()
		d.LastInput, d.SilentMillis = &input, &silent
	}
	if !st.LastTime.IsZero() {
		d.LastTime = &st.LastTime
	}
	return d
}

// Bounds of answers.
const (
	defaultObjects = 1000
	maxObjects     = 20_000
	defaultNearest = 10
	maxNearest     = 1000
	// maxAway in metres is how far the nearest may be, and the most of a buffer.
	maxAway = 100_000
)

// objects answers GET /streams/{stream}.
func (s *Service) objects(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	p, err := read(r, "bbox", "where", "limit")
	if err != nil {
		return err
	}
	q, err := p.query(t, defaultObjects, maxObjects)
	if err != nil {
		return err
	}
	v := t.view()
	rows, matched, err := v.list(q)
	if err != nil {
		return err
	}
	return t.answer(w, v, rows, matched, "")
}

// nearest answers GET /streams/{stream}/nearest.
func (s *Service) nearest(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	p, err := read(r, "point", "k", "within_m", "where")
	if err != nil {
		return err
	}
	at, err := p.point("point")
	if err != nil {
		return err
	}
	metres, err := p.number("within_m", maxAway, 0, maxAway)
	if err != nil {
		return err
	}
	q := Query{}
	if q.Limit, err = p.count("k", defaultNearest, maxNearest); err != nil {
		return err
	}
	if q.Where, err = p.where(t); err != nil {
		return err
	}
	v := t.view()
	rows, err := v.nearest(at, metres, q)
	if err != nil {
		return err
	}
	return t.answer(w, v, rows, len(rows), "distance")
}

// object answers GET /streams/{stream}/{key}.
func (s *Service) object(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	if _, err := read(r); err != nil {
		return err
	}
	f, err := t.find(r.PathValue("key"))
	if err != nil {
		return err
	}
	return api.WriteJSON(w, "application/geo+json", json.RawMessage(t.d.writer(nil).feature(nil, f, "")))
}

// find is the newest of an object by its key.
func (t *Tracker) find(key string) (found, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	handle, ok := t.handles[key]
	if !ok {
		return found{}, fmt.Errorf("%w: the stream %s has no object %s now", layers.ErrNotFound, t.d.Name, layers.Shown(key))
	}
	row := *t.state.at(int(handle))
	return found{handle: handle, row: &row}, nil
}

// answer writes objects as GeoJSON. measures is what is told of each beside its own:
// nothing, "distance", or "along" as well.
func (t *Tracker) answer(w http.ResponseWriter, v *view, rows []found, matched int, measures string) error {
	out := t.d.writer(nil)
	b := append([]byte(nil), `{"type":"FeatureCollection","stream":"`+t.d.Name+`","position":"`+v.Position()+`"`...)
	b = strconv.AppendInt(append(b, `,"numberMatched":`...), int64(matched), 10)
	b = strconv.AppendInt(append(b, `,"numberReturned":`...), int64(len(rows)), 10)
	b = append(b, `,"features":[`...)
	for i, f := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = out.feature(b, f, measures)
	}
	return api.WriteJSON(w, "application/geo+json", json.RawMessage(append(b, "]}"...)))
}

// feature appends a row as a GeoJSON feature.
func (w *writer) feature(b []byte, f found, measures string) []byte {
	b = appendText(append(b, `{"type":"Feature","id":`...), f.key)
	p := f.place()
	b = strconv.AppendFloat(append(b, `,"geometry":{"type":"Point","coordinates":[`...), p[0], 'f', -1, 64)
	b = strconv.AppendFloat(append(b, ','), p[1], 'f', -1, 64)
	b = appendTime(append(b, `]},"properties":{"t":`...), f.time)
	b = strconv.AppendUint(append(b, `,"ver":`...), f.ver, 10)
	b = w.properties(b, f.row)
	if measures != "" {
		b = strconv.AppendFloat(append(b, `,"distance_m":`...), math.Round(f.distance*10)/10, 'f', -1, 64)
	}
	if measures == "along" {
		b = strconv.AppendFloat(append(b, `,"along_m":`...), math.Round(f.along*10)/10, 'f', -1, 64)
	}
	return append(b, "}}"...)
}

// appendTime appends milliseconds since 1970 in the form of RFC 3339.
func appendTime(b []byte, ms int64) []byte {
	return append(time.UnixMilli(ms).UTC().AppendFormat(append(b, '"'), "2006-01-02T15:04:05.000Z07:00"), '"')
}
