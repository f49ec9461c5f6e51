package layers

// Region is an administrative area as people and statistics know it.
type Region struct {
	// Level is the region's layer: "district", "street" or "village".
	Level string `json:"level"`
	// ID is the feature's id in that layer.
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
	// Parent is the code of the region above; nil where it is not known, and
	// for districts.
	Parent *string `json:"parent"`
	// Population is the number of residents; nil where it is not known.
	Population *int64 `json:"population"`
	// AreaKM2 is the geodesic area in square kilometres.
	AreaKM2 float64 `json:"area_km2"`
}

// RegionRef points at a region.
type RegionRef struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// RegionChain is the regions that a point lies in; nil where it lies in none.
type RegionChain struct {
	District *RegionRef `json:"district"`
	Street   *RegionRef `json:"street"`
	Village  *RegionRef `json:"village"`
}
