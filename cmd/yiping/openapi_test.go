package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"yiping/geo/cell"
	"yiping/heatmap/history"
	heatstore "yiping/heatmap/postgis"
	"yiping/layers/postgis/postgistest"
)

// apiDocument is what the tests read of /openapi.json.
type apiDocument struct {
	OpenAPI    string
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Parameters    map[string]apiParameter
		RequestBodies map[string]apiBody
		Responses     map[string]apiResponse
		Schemas       map[string]json.RawMessage
	}
}

type apiOperation struct {
	Parameters  []apiParameter
	RequestBody apiBody
	Responses   map[string]apiResponse
}

// apiBody is what a write sends.
type apiBody struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Example json.RawMessage }
}

type apiParameter struct {
	Ref      string `json:"$ref"`
	Name, In string
	Required bool
	Explode  *bool
	Example  any
	Schema   struct{ Enum []any }
}

type apiResponse struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema json.RawMessage }
}

// apiUnderTest is a service with something in it, its document, and the
// document's schemas as a validator.
type apiUnderTest struct {
	url      string
	document apiDocument
	schemas  *jsonschema.Compiler
}

func newAPIUnderTest(t *testing.T) *apiUnderTest {
	t.Helper()
	address := postgistest.URL(t)
	store, conn := postgistest.Open(t, address), postgistest.Conn(t, address)
	createSample(t, store)
	fillSample(t, conn, 1, 40)
	execute(t, conn, "INSERT INTO city.district (code, name, population, geom) VALUES ('310101', '黄浦区', 662030, 'SRID=4326;MULTIPOLYGON(((121.4 31.1, 121.6 31.1, 121.6 31.3, 121.4 31.1)))')")
	execute(t, conn, "INSERT INTO city.district (code, name, geom) VALUES ('310109', '虹口区', 'SRID=4326;MULTIPOLYGON(((121.4 31.1, 121.6 31.3, 121.4 31.3, 121.4 31.1)))')")
	execute(t, conn, `INSERT INTO yiping.fence (title, streams, geom)
		VALUES ('外滩源', '{vehicles}', 'SRID=4326;POLYGON((121.485 31.239, 121.487 31.239, 121.487 31.241, 121.485 31.239))')`)
	execute(t, conn, `INSERT INTO yiping.fence_state (fence, stream, entity, phase, entered, dwelt, seen, place, turned, number, synthetic)
		VALUES ('F-1', 'vehicles', 'v-1', 2, now(), false, now(), '(121.486, 31.24)', '(121.486, 31.24)', 1, true)`)
	execute(t, conn, "UPDATE yiping.heat_place_count SET seeded = true")
	execute(t, conn, `INSERT INTO yiping.heat_place (id, name, flow, geom)
		VALUES ('bund', '外滩', 'moving', 'SRID=4326;MULTIPOLYGON(((121.485 31.239, 121.487 31.239, 121.487 31.241, 121.485 31.239)))')`)
	execute(t, conn, `INSERT INTO yiping.heat_alarm (version, run, place, name, name_en, at, level, highest, begun, changed, ended, cause, peak_density, peak_devices, synthetic)
		VALUES (5, 'bund-2019', 'bund', '外滩', '', '(121.486, 31.24)', 0, 2, now(), now(), now(), 'calm', 3.6, 77000, true)`)
	execute(t, conn, `INSERT INTO city.component (code, class, state, source, source_id, updated_at, geom)
		SELECT 'k' || i, '01001', '破损', 's', i::text, '2026-11-01', ST_SetSRID(ST_MakePoint(121.49 + i / 1e4, 31.2), 4326) FROM generate_series(1, 30) i`)
	// Earlier versions for more than one page, without a newer one for TestOpenAPIWrites.
	execute(t, conn, `INSERT INTO city_history.component (id, code, class, state, source, synthetic, version, updated_at, geom, valid_to)
		SELECT id, code, class, state, source, synthetic, version, updated_at - i * interval '1 day', geom, updated_at - (i - 1) * interval '1 day'
		FROM city.component, generate_series(1, 11) i WHERE id = 1`)
	served, images := serveStore(t, store)
	report := `{"k":"v-1029","t":` + strconv.FormatInt(time.Now().UnixMilli(), 10) + `,"lon":121.49,"lat":31.24,"s":5.2,"st":2,"plate":"沪A-D1029"}`
	send(t, "POST", served+"/streams/vehicles", report, "Content-Type", "application/json").wantStatus(t, 200)
	ask(t, "PUT", served+"/heat/replays/bund-2019", nil)
	keepMinute(t, images.live.heat.store, "")
	keepMinute(t, images.live.heat.store, "bund-2019")
	a := &apiUnderTest{url: served, schemas: jsonschema.NewCompiler()}
	got := ask(t, "GET", a.url+"/openapi.json", nil)
	if err := json.Unmarshal(got.body, &a.document); err != nil || got.header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.1" {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	a.schemas.AssertFormat()
	if err := a.schemas.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	return a
}

// keepMinute keeps the minute of a run that the examples ask for.
func keepMinute(t *testing.T, store *heatstore.Store, run string) {
	t.Helper()
	at := time.Date(2019, 12, 31, 15, 30, 0, 0, time.UTC)
	m := &history.Minute{Run: run, Start: at, Told: at.Add(50 * time.Second), Synthetic: true, Places: []history.Place{{ID: "bund", Devices: 75_600}}}
	for _, resolution := range history.Resolutions() {
		bund := history.Count{Cell: cell.At(orb.Point{121.486, 31.24}, resolution), Devices: 75_600}
		m.Levels = append(m.Levels, history.Level{Resolution: resolution, Packed: history.NewCodec().Pack([]history.Count{bund})})
	}
	if err := store.Write(t.Context(), []*history.Minute{m}); err != nil {
		t.Fatal(err)
	}
}

// operation reads one operation with what its references say.
func (a *apiUnderTest) operation(t *testing.T, path, method string) apiOperation {
	t.Helper()
	var op apiOperation
	if err := json.Unmarshal(a.document.Paths[path][method], &op); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	for i, p := range op.Parameters {
		if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
			op.Parameters[i] = a.document.Components.Parameters[name]
		}
	}
	return op
}

// each visits every operation that only reads.
func (a *apiUnderTest) each(t *testing.T, visit func(path string, op apiOperation)) {
	t.Helper()
	for path, item := range a.document.Paths {
		if _, reads := item["get"]; reads {
			visit(path, a.operation(t, path, "get"))
		}
	}
}

// address writes a path with the examples of its parameters.
func (a *apiUnderTest) address(path string, op apiOperation) string {
	for _, p := range op.Parameters {
		if p.In == "path" {
			path = strings.ReplaceAll(path, "{"+p.Name+"}", p.text(p.Example))
		}
	}
	return a.url + path
}

// text writes a value as the parameter takes it; lists have commas.
func (p *apiParameter) text(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ",")
}

// described reports what of an answer is not in the document: its status, its
// media type, or what the schema says of its JSON.
func (a *apiUnderTest) described(t *testing.T, method, path, address string, got answer) {
	t.Helper()
	status := fmt.Sprint(got.status)
	response, ok := a.operation(t, path, method).Responses[status]
	if !ok {
		t.Errorf("%s %s: %d is not in the document: %s", method, address, got.status, got.body)
		return
	}
	place := []string{"paths", path, method, "responses", status}
	if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
		response, place = a.document.Components.Responses[name], []string{"components", "responses", name}
	}
	kind := got.header.Get("Content-Type")
	if kind == "" && len(got.body) == 0 {
		return
	}
	if _, ok := response.Content[kind]; !ok {
		kind, _, _ = strings.Cut(kind, ";")
	}
	content, ok := response.Content[kind]
	switch {
	case !ok:
		t.Errorf("%s %s: %q is not in the document", method, address, got.header.Get("Content-Type"))
	case strings.Contains(kind, "json") && !strings.Contains(kind, "json-seq"):
		if content.Schema == nil {
			t.Errorf("%s %s: %s has no schema", method, path, kind)
			return
		}
		a.valid(t, pointer(append(place, "content", kind, "schema")...), got.body)
	}
}

// valid reports what is wrong with a JSON answer by the schema at a place of
// the document.
func (a *apiUnderTest) valid(t *testing.T, place string, body []byte) {
	t.Helper()
	s, err := a.schemas.Compile("openapi.json#" + place)
	if err != nil {
		t.Fatalf("schema at %s: %v", place, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("answer is not what %s says: %v\n%.2000s", place, err, body)
	}
}

// pointer writes the place of a value as a JSON pointer (RFC 6901) in an
// address.
func pointer(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name)))
	}
	return b.String()
}

// The document has every route of the service but those of the pages, and no
// others.
func TestOpenAPIHasEveryRoute(t *testing.T) {
	t.Parallel()
	db, log := &database{store: postgistest.Open(t, postgistest.URL(t))}, slog.New(slog.DiscardHandler)
	s := newService(db, newImages(db, log), log)
	var registered []string
	s.registerAPI(func(pattern string, _ func(http.ResponseWriter, *http.Request) error) {
		if pattern != "GET /ogc/{$}" { // another way to write /ogc
			registered = append(registered, pattern)
		}
	})
	a := newAPIUnderTest(t)
	documented := map[string]bool{}
	for path, item := range a.document.Paths {
		for method := range item {
			address := a.address(path, a.operation(t, path, method))
			_, pattern := s.mux.Handler(httptest.NewRequestWithContext(t.Context(), strings.ToUpper(method), address, nil))
			if documented[pattern] || pattern == "GET /" {
				t.Errorf("%s %s leads to %q", method, path, pattern)
			}
			documented[pattern] = true
		}
	}
	for _, pattern := range registered {
		if !documented[pattern] {
			t.Errorf("%s is not in the document", pattern)
		}
		delete(documented, pattern)
	}
	if len(documented) > 0 {
		t.Errorf("the document has what is no route: %v", documented)
	}
}

// Every parameter of the document is accepted with its example and with each of
// its values; every other is refused, with the list of those that there are.
func TestOpenAPIParameters(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	a.each(t, func(path string, op apiOperation) {
		var said []string
		all := url.Values{}
		for _, p := range op.Parameters {
			if p.Name == "cursor" { // opaque: only a next link has one
				link, err := url.Parse(askItems(t, a.address(path, op)).link("next"))
				if err != nil {
					t.Fatal(err)
				}
				p.Example = link.Query().Get("cursor")
			} else if p.Name == "since" { // likewise: only a snapshot has one
				snapshot := ask(t, "GET", strings.Replace(a.address(path, op), "changes", "snapshot", 1), nil)
				var got struct{ Token string }
				if err := json.Unmarshal(snapshot.body, &got); err != nil {
					t.Fatal(err)
				}
				p.Example = got.Token
			} else if p.In == "query" {
				all.Set(p.Name, p.text(p.Example))
			}
			if p.Example == nil && p.In != "header" {
				t.Errorf("%s: the parameter %s has no example", path, p.Name)
			}
			if p.In != "query" {
				continue
			}
			said = append(said, p.Name)
			if isWebsocket(path) {
				continue
			}
			for _, v := range append([]any{p.Example}, p.Schema.Enum...) {
				parameters := []string{p.Name, p.text(v)}
				for _, other := range op.Parameters { // what the operation needs
					if other.In == "query" && other.Required && other.Name != p.Name {
						parameters = append(parameters, other.Name, other.text(other.Example))
					}
				}
				if strings.HasPrefix(path, "/heat/places/{id}/") && p.Name != "run" { // the replay has the example's place
					parameters = append(parameters, "run", "bund-2019")
				}
				if p.Name == "filter-lang" {
					parameters = append(parameters, "filter", filterIn(p.text(v)))
				}
				address := a.address(path, op) + query(parameters...)
				if got := ask(t, "GET", address, nil); got.status != http.StatusOK && got.status != http.StatusNoContent {
					t.Errorf("%s: %d %s", address, got.status, got.body)
				}
			}
		}
		if path == "/live" {
			return // speaks no plain HTTP
		}
		// What somebody sends who tries the operation out on the page.
		got := ask(t, "GET", a.address(path, op)+"?"+all.Encode(), nil)
		if !isWebsocket(path) && got.status != http.StatusOK && got.status != http.StatusNoContent {
			t.Errorf("%s with all examples: %d %s", path, got.status, got.body)
		}
		got = ask(t, "GET", a.address(path, op)+"?no-such-parameter=1", nil)
		if _, refuses := op.Responses["400"]; !refuses {
			return // takes no parameters and reads none
		}
		var p problem
		if err := json.Unmarshal(got.body, &p); err != nil || got.status != http.StatusBadRequest {
			t.Fatalf("%s with an unknown parameter: %d %s", path, got.status, got.body)
		}
		_, there, _ := strings.Cut(p.Detail, "there are: ")
		known := strings.FieldsFunc(there, func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(said)
		slices.Sort(known)
		if diff := cmp.Diff(strings.Join(said, " "), strings.Join(known, " ")); diff != "" {
			t.Errorf("%s (-said +there):\n%s", path, diff)
		}
	})
}

// isWebsocket says that a path speaks no plain HTTP.
func isWebsocket(path string) bool { return path == "/live" || path == "/streams/{stream}/feed" }

// filterIn is a filter that every layer takes, in one of the languages.
func filterIn(language string) string {
	if language == "cql2-json" {
		return `{"op":"=","args":[{"property":"district"},"310101"]}`
	}
	return "district = '310101'"
}

// What is answered has a status and a media type of the document, and JSON is
// what the schema says; faults too.
func TestOpenAPIAnswers(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	check := func(t *testing.T, path string, address, accept string) {
		t.Helper()
		header := map[string]string{}
		if accept != "" {
			header["Accept"] = accept
		}
		a.described(t, "get", path, address, ask(t, "GET", address, header))
	}
	a.each(t, func(path string, op apiOperation) {
		address := a.address(path, op)
		for kind := range op.Responses["200"].Content {
			if kind == "text/event-stream" {
				continue // it has no end
			}
			check(t, path, address, kind)
		}
		check(t, path, address+"?no-such-parameter=1", "")
		for _, p := range op.Parameters {
			switch {
			case p.Name == "layer" || p.Name == "layers":
				check(t, path, strings.Replace(address, "component", "dragon", 1), "")
			case p.Name == "z" || p.Name == "tileMatrix":
				check(t, path, strings.Replace(address, "/15/", "/99/", 1), "")
			case p.Name == "tileMatrixSetId":
				check(t, path, strings.Replace(address, "WebMercatorQuad", "NoSuchQuad", 1), "")
			case p.In == "query" && p.Example != nil:
				check(t, path, address+query(p.Name, p.text(p.Example)), "application/json")
			}
		}
	})
	for _, address := range []string{"/ogc/collections/sample/items?limit=100", "/ogc/collections/district/items?properties=name", "/ogc/collections/road/items"} {
		check(t, "/ogc/collections/{layer}/items", a.url+address, "")
	}
	for _, address := range []string{"/stats/sample?by=district,street,kind&measures=count,mean:height,max:floors&per=km2,head", "/stats/district?measures=area_m2&filter=name%20LIKE%20'黄%25'"} {
		check(t, "/stats/{layer}", a.url+address, "")
	}
	a.valid(t, "/components/schemas/sample", ask(t, "GET", a.url+"/ogc/collections/sample/items/7", nil).body)
	a.valid(t, "/components/schemas/district", ask(t, "GET", a.url+"/ogc/collections/district/items/1", nil).body)
}

// The schemas can fail: a feature of one layer is none of another.
func TestOpenAPISchemasTellLayersApart(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	s, err := a.schemas.Compile("openapi.json#/components/schemas/component")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(ask(t, "GET", a.url+"/ogc/collections/sample/items/1", nil).body))
	if err != nil {
		t.Fatal(err)
	}
	if s.Validate(v) == nil {
		t.Error("a feature of the layer sample passes for a component")
	}
}

// OpenAPI 3.0 is the same document but for the way that it writes null.
func TestOpenAPI30(t *testing.T) {
	t.Parallel()
	a := newAPIUnderTest(t)
	got := ask(t, "GET", a.url+"/ogc/api?f=openapi30", nil)
	if kind := got.header.Get("Content-Type"); kind != "application/vnd.oai.openapi+json;version=3.0" {
		t.Errorf("type is %s", kind)
	}
	if !bytes.Contains(got.body, []byte(`"openapi":"3.0.4"`)) || bytes.Contains(got.body, []byte(`"null"`)) {
		t.Errorf("not of OpenAPI 3.0: %.200s", got.body)
	}
	var old apiDocument
	if err := json.Unmarshal(got.body, &old); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(old.Components.Parameters, a.document.Components.Parameters); diff != "" {
		t.Errorf("parameters (-3.0 +3.1):\n%s", diff)
	}
}
