package track

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"yiping/layers"
	"yiping/layers/api"
)

// Bounds of tracks.
const (
	defaultTrack = time.Hour
	maxTrack     = 7 * 24 * time.Hour
	// maxFixes bounds an answer: an hour at ten a second is less.
	maxFixes = 50_000
)

// track answers GET /streams/{stream}/{key}/track.
func (s *Service) track(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	p, err := read(r, "from", "to")
	if err != nil {
		return err
	}
	from, to, err := p.span(t.c.Now())
	if err != nil {
		return err
	}
	if !t.d.History || s.History == nil {
		return fmt.Errorf("%w: the stream %s keeps no history", layers.ErrNotFound, t.d.Name)
	}
	key := r.PathValue("key")
	fixes, err := s.History.Track(r.Context(), t.d, key, from, to, maxFixes+1)
	switch {
	case err != nil:
		return err
	case len(fixes) > maxFixes:
		return layers.InputErrorf("from", "there are more than %d fixes; ask for a shorter time", maxFixes)
	}
	return api.WriteJSON(w, "application/geo+json", json.RawMessage(t.d.trackDocument(key, from, to, fixes)))
}

// span reads from and to. Without to it ends now, or where it may not be longer;
// without from it is an hour.
func (p parameters) span(now time.Time) (from, to time.Time, err error) {
	if to, err = p.moment("to", now); err != nil {
		return from, to, err
	}
	if from, err = p.moment("from", to.Add(-defaultTrack)); err != nil {
		return from, to, err
	}
	if latest := from.Add(maxTrack); !p.Has("to") && latest.Before(to) {
		to = latest
	}
	switch span := to.Sub(from); {
	case span < 0:
		return from, to, layers.InputErrorf("to", "is before from")
	case span > maxTrack:
		return from, to, layers.InputErrorf("from", "ask for at most %s at once", maxTrack)
	}
	return from, to, nil
}

// trackDocument writes fixes as GeoJSON: a feature for each time that the object was
// heard of without a gap, a line, or a point where it was heard of once. A gap is a
// silence after which an object is stale: where it was meanwhile nobody has said.
func (d *Definition) trackDocument(key string, from, to time.Time, fixes []Report) []byte {
	b := appendText(append([]byte(nil), `{"type":"FeatureCollection","stream":"`+d.Name+`","key":`...), key)
	b = appendTime(append(b, `,"from":`...), from.UnixMilli())
	b = appendTime(append(b, `,"to":`...), to.UnixMilli())
	b = strconv.AppendInt(append(b, `,"fixes":`...), int64(len(fixes)), 10)
	b = append(b, `,"features":[`...)
	var gaps []byte
	for first := 0; first < len(fixes); {
		end := first + 1
		for end < len(fixes) && fixes[end].Time.Sub(fixes[end-1].Time) <= d.StaleAfter {
			end++
		}
		if first > 0 {
			b = append(b, ',')
			if len(gaps) > 0 {
				gaps = append(gaps, ',')
			}
			gaps = appendTime(append(gaps, `{"from":`...), fixes[first-1].Time.UnixMilli())
			gaps = append(appendTime(append(gaps, `,"to":`...), fixes[first].Time.UnixMilli()), '}')
		}
		b = d.appendRun(b, fixes[first:end])
		first = end
	}
	b = append(append(b, `],"gaps":[`...), gaps...)
	return append(b, "]}"...)
}

// appendRun appends fixes without a gap between them: times, and what else was said
// at each, are lists beside the coordinates.
func (d *Definition) appendRun(b []byte, fixes []Report) []byte {
	b = append(b, `{"type":"Feature","geometry":`...)
	if len(fixes) == 1 {
		b = appendPosition(append(b, `{"type":"Point","coordinates":`...), &fixes[0])
	} else {
		b = append(b, `{"type":"LineString","coordinates":[`...)
		b = appendEach(b, fixes, appendPosition)
		b = append(b, ']')
	}
	b = append(b, `},"properties":{"times":[`...)
	b = appendEach(b, fixes, func(b []byte, f *Report) []byte { return appendTime(b, f.Time.UnixMilli()) })
	b = append(b, ']')
	if d.Mover {
		b = appendEach(append(b, `,"s":[`...), fixes, func(b []byte, f *Report) []byte { return appendValue(b, f.Speed) })
		b = appendEach(append(b, `],"h":[`...), fixes, func(b []byte, f *Report) []byte { return appendValue(b, f.Heading) })
		b = appendEach(append(b, `],"st":[`...), fixes, func(b []byte, f *Report) []byte { return appendValue(b, int64(f.State)) })
		b = append(b, ']')
	} else {
		for i, field := range d.Fields {
			b = append(appendText(append(b, ','), field.Name), `:[`...)
			b = appendEach(b, fixes, func(b []byte, f *Report) []byte { return appendValue(b, f.field(i)) })
			b = append(b, ']')
		}
	}
	synthetic := false
	for i := range fixes {
		synthetic = synthetic || fixes[i].Synthetic
	}
	return append(strconv.AppendBool(append(b, `,"synthetic":`...), synthetic), "}}"...)
}

// field is a value of a fix; nil without one.
func (r *Report) field(i int) any {
	if r.Fields == nil {
		return nil
	}
	return r.Fields[i]
}

func appendEach(b []byte, fixes []Report, one func([]byte, *Report) []byte) []byte {
	for i := range fixes {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, &fixes[i])
	}
	return b
}

func appendPosition(b []byte, f *Report) []byte {
	b = strconv.AppendFloat(append(b, '['), f.Place[0], 'f', -1, 64)
	b = strconv.AppendFloat(append(b, ','), f.Place[1], 'f', -1, 64)
	return append(b, ']')
}
