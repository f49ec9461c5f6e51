package stream

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"yiping/layers"
)

// maxBody is the most that a request may say about its subscription, in bytes.
const maxBody = 1 << 20

// twin is a request of HTTP: that of a subscription, and what is beside it.
type twin struct {
	*request
	since string
	wait  time.Duration
}

// maxWait is how long an answer may be waited for.
const maxWait = 55 * time.Second

// readTwin reads a request: its subscription from the query, or of POST from the
// body, which is that of the frame sub. names are the parameters that there are.
func (h *Hub) readTwin(w http.ResponseWriter, r *http.Request, names ...string) (*twin, error) {
	t := &twin{request: &request{}}
	query := r.URL.Query()
	if err := checkNames(query, names); err != nil {
		return nil, err
	}
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, faultf(AreaTooBig, "the body has more than %d bytes", maxBody)
		}
		if err != nil {
			return nil, layers.InputErrorf("body", "cannot be read to its end")
		}
		if fault := t.unmarshal(body); fault != nil {
			return nil, fault
		}
	} else {
		if fault := t.readQuery(query); fault != nil {
			return nil, fault
		}
	}
	ref := uint32(1)
	t.F, t.Stream, t.Ref = "sub", r.PathValue("stream"), &ref
	if t.Area == nil {
		t.Area = &region{BBox: []float64{-180, -90, 180, 90}}
	}
	if t.View || t.As == "tiles" || t.Enc == "bin" {
		return nil, faultf(BadFrame, "view, as, enc: over HTTP there are rows of a fixed area, as JSON")
	}
	if t.MaxObjects == nil {
		t.MaxObjects = &h.Limits.Rows
	}
	if fault := t.check(); fault != nil {
		return nil, fault
	}
	return t, t.readTimes(query)
}

// checkNames refuses parameters that there are not, or that are given twice.
func checkNames(query url.Values, names []string) error {
	for name, values := range query {
		if !slices.Contains(names, name) {
			return layers.InputErrorf(name, "is not a parameter here; there are: %s", strings.Join(names, ", "))
		}
		if len(values) > 1 {
			return layers.InputErrorf(name, "is given twice")
		}
	}
	return nil
}

// readTimes reads what is beside the subscription.
func (t *twin) readTimes(query url.Values) error {
	t.since = query.Get("since")
	if s := query.Get("wait"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > int(maxWait/time.Second) {
			return layers.InputErrorf("wait", "want whole seconds from 0 to %d", maxWait/time.Second)
		}
		t.wait = time.Duration(n) * time.Second
	}
	return nil
}

// readQuery reads a subscription from the parameters of a query.
func (r *request) readQuery(query url.Values) *RequestError {
	if query.Has("area") {
		var fault *RequestError
		if r.Area, fault = readAreaText(query.Get("area")); fault != nil {
			return fault
		}
	}
	if where := query.Get("where"); strings.HasPrefix(where, "{") {
		if r.Where = json.RawMessage(where); !json.Valid(r.Where) {
			return faultf(BadJSON, "where: is not JSON")
		}
	} else if where != "" {
		r.Where, _ = json.Marshal(where) // a string always marshals
	}
	if query.Has("fields") {
		r.Fields = slices.DeleteFunc(strings.Split(query.Get("fields"), ","), func(s string) bool { return s == "" })
	}
	r.LOD, r.Init = query.Get("lod"), query.Get("init")
	if s := query.Get("zoom"); s != "" {
		zoom, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return faultf(BadFrame, "zoom: want a number")
		}
		r.Zoom = &zoom
	}
	if s := query.Get("max_objects"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			return faultf(BadFrame, "max_objects: want a whole number")
		}
		r.MaxObjects = &n
	}
	return nil
}

// readAreaText reads bbox:w,s,e,n or region:310101, h3:cell,cell, fence:F-12.
func readAreaText(s string) (*region, *RequestError) {
	kind, value, _ := strings.Cut(s, ":")
	switch kind {
	case "bbox":
		var box []float64
		for part := range strings.SplitSeq(value, ",") {
			v, err := strconv.ParseFloat(part, 64)
			if err != nil {
				return nil, faultf(BadArea, "area: %.40q is no number", part)
			}
			box = append(box, v)
		}
		return &region{BBox: box}, nil
	case "region":
		return &region{Region: value}, nil
	case "fence":
		return &region{Fence: value}, nil
	case "h3":
		cells, _ := json.Marshal(strings.Split(value, ",")) // strings always marshal
		return &region{H3: cells}, nil
	default:
		return nil, faultf(BadArea, "area: want bbox:west,south,east,north, or region:, h3: or fence:; polygons by POST")
	}
}
