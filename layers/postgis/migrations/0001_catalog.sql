-- +goose Up
CREATE EXTENSION IF NOT EXISTS postgis;

CREATE SCHEMA yiping; -- what the service keeps for itself
CREATE SCHEMA city;   -- the layers, a table each
COMMENT ON SCHEMA city IS 'The layers of the city: one table a layer. Free to read with any client.';

-- One row a layer. The table of the layer is city.<name>.
CREATE TABLE yiping.layer (
    name            text COLLATE "C" PRIMARY KEY,
    title_zh        text NOT NULL,
    title_en        text NOT NULL,
    geometry_type   text NOT NULL,
    schema          jsonb NOT NULL,
    tile_properties text[] NOT NULL,
    zoom_min        smallint NOT NULL,
    zoom_max        smallint NOT NULL,
    zoom_property   text,
    region_columns  text[] NOT NULL DEFAULT '{district,street,village}',
    domain          text,
    datum           text NOT NULL,
    accuracy_metres double precision NOT NULL,
    owner           text NOT NULL,
    licence         text NOT NULL,
    attribution     text NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE yiping.layer IS 'The catalog: what each layer is, and how tiles show it.';

-- Where the features of a layer came from; named by the layer's source column.
CREATE TABLE yiping.layer_source (
    layer       text COLLATE "C" NOT NULL REFERENCES yiping.layer ON DELETE CASCADE,
    name        text COLLATE "C" NOT NULL,
    title       text NOT NULL,
    licence     text NOT NULL,
    attribution text NOT NULL,
    datum       text NOT NULL,
    synthetic   boolean NOT NULL,
    schematic   boolean NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (layer, name)
);

-- The class codes of city components, after GB/T 47678.5; editable.
CREATE TABLE city.component_class (
    code       text COLLATE "C" PRIMARY KEY,
    class_code text COLLATE "C" NOT NULL,
    class_name text NOT NULL,
    name       text NOT NULL
);
COMMENT ON TABLE city.component_class IS 'Class codes of city components (GB/T 47678.5); edit freely.';

-- +goose Down
DROP SCHEMA city CASCADE;
DROP SCHEMA yiping CASCADE;
