package openapi_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yiping/layers"
	"yiping/layers/api/internal/openapi"
)

func render(t *testing.T, v openapi.Version, ls ...*layers.Layer) (text []byte, schemas map[string]map[string]any) {
	t.Helper()
	d, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	text, err = d.JSON(layers.NewCatalog(ls), v)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		OpenAPI    string
		Components struct{ Schemas map[string]map[string]any }
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if document.OpenAPI != string(v) {
		t.Errorf("openapi is %s, want %s", document.OpenAPI, v)
	}
	return text, document.Components.Schemas
}

func well() *layers.Layer {
	return &layers.Layer{
		Name: "well", Title: layers.Text{Zh: "井", En: "Wells"}, Geometry: layers.Point,
		Properties: []layers.Property{
			{Name: "kind", Type: layers.String, Enum: []string{"a", "b"}},
			{Name: "depth", Type: layers.Number, Unit: "m", Required: true},
		},
	}
}

// A layer of the catalog is in the document, and nowhere before.
func TestLayersAreLive(t *testing.T) {
	t.Parallel()
	lake := &layers.Layer{Name: "lake", Geometry: layers.AnyGeometry}
	_, before := render(t, openapi.Version31, lake)
	_, after := render(t, openapi.Version31, lake, well())
	if _, there := before["well"]; there {
		t.Error("a layer that is not in the catalog has a schema")
	}
	var added []string
	for name := range after {
		if _, there := before[name]; !there {
			added = append(added, name)
		}
	}
	if diff := cmp.Diff(added, []string{"well"}); diff != "" {
		t.Errorf("schemas of one more layer (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(after["LayerName"]["enum"], any([]any{"lake", "well"})); diff != "" {
		t.Errorf("names (-got +want):\n%s", diff)
	}
	for _, crs := range layers.CRSs() {
		if !slices.Contains(after["CRS"]["enum"].([]any), any(crs.URI())) {
			t.Errorf("%s is missing", crs.URI())
		}
	}
	if diff := cmp.Diff(after["Feature"]["anyOf"], []any{
		map[string]any{"$ref": "#/components/schemas/lake"}, map[string]any{"$ref": "#/components/schemas/well"},
	}); diff != "" {
		t.Errorf("Feature (-got +want):\n%s", diff)
	}
}

func TestLayerSchema(t *testing.T) {
	t.Parallel()
	for v, want := range map[openapi.Version]map[string]any{
		openapi.Version31: {"type": []any{"string", "null"}, "enum": []any{"a", "b", nil}},
		openapi.Version30: {"type": "string", "nullable": true, "enum": []any{"a", "b", nil}},
	} {
		_, schemas := render(t, v, well())
		feature := schemas["well"]["properties"].(map[string]any)
		properties := feature["properties"].(map[string]any)["properties"].(map[string]any)
		ours := cmpopts.IgnoreMapEntries(func(name string, _ any) bool { return name == "x-title" || name == "x-ogc-propertySeq" })
		if diff := cmp.Diff(properties["kind"], any(want), ours); diff != "" {
			t.Errorf("%s: nullable property (-got +want):\n%s", v, diff)
		}
		if diff := cmp.Diff(properties["depth"], any(map[string]any{"type": "number", "x-ogc-unit": "m"}), ours); diff != "" {
			t.Errorf("%s: required property (-got +want):\n%s", v, diff)
		}
		if diff := cmp.Diff(feature["geometry"], any(map[string]any{"$ref": "#/components/schemas/Point"})); diff != "" {
			t.Errorf("%s: geometry (-got +want):\n%s", v, diff)
		}
	}
}

func TestEqualCatalogsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	a, _ := render(t, openapi.Version31, well())
	b, _ := render(t, openapi.Version31, well())
	if !slices.Equal(a, b) {
		t.Error("two documents of one catalog differ")
	}
}
