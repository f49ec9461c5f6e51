-- +goose Up

-- Places of the city whose crowds are watched. Any SQL client may write them;
-- services notice within a second or two.
CREATE TABLE yiping.heat_place (
    id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9_]{0,47}$'),
    version    int NOT NULL DEFAULT 1,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_en    text NOT NULL DEFAULT '' CHECK (length(name_en) <= 200),
    flow       text NOT NULL CHECK (flow IN ('moving', 'standing')), -- whether people walk there or stand
    geom       geometry(MultiPolygon, 4326) NOT NULL
               CONSTRAINT heat_place_geometry CHECK (ST_IsValid(geom) AND NOT ST_IsEmpty(geom) AND ST_NPoints(geom) <= 2000),
    usable_m2  float8 CHECK (usable_m2 > 0 AND usable_m2 < 1e8), -- that people can be on; null: all of the outline
    capacity   int CHECK (capacity > 0),                         -- how many people it may hold; null: not known
    source     text NOT NULL DEFAULT '' CHECK (length(source) <= 500), -- where outline and numbers are from
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE yiping.heat_place IS 'Places whose crowds are watched: outlines, usable areas, capacities.';

-- How often places were edited, and whether the first were put in.
CREATE TABLE yiping.heat_place_count (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    edits    bigint NOT NULL DEFAULT 0,
    seeded   boolean NOT NULL DEFAULT false
);
INSERT INTO yiping.heat_place_count DEFAULT VALUES;

-- +goose StatementBegin
CREATE FUNCTION yiping.edit_heat_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER edit_heat_place BEFORE UPDATE ON yiping.heat_place FOR EACH ROW EXECUTE FUNCTION yiping.edit_heat_place();

-- +goose StatementBegin
CREATE FUNCTION yiping.count_heat_place_edit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE yiping.heat_place_count SET edits = edits + 1;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER count_heat_place_edit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON yiping.heat_place
FOR EACH STATEMENT EXECUTE FUNCTION yiping.count_heat_place_edit();

-- Alarms of crowds. What happens to one is an event of the stream alarms, written in
-- the same transaction; its key is A- and the id, which no other alarm ever gets.
CREATE TABLE yiping.heat_alarm (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version      bigint NOT NULL,
    run          text COLLATE "C" NOT NULL, -- empty: of now; else the evening that is played
    place        text COLLATE "C" NOT NULL,
    name         text NOT NULL,
    name_en      text NOT NULL,
    at           point NOT NULL,    -- the place's centroid: lon, lat
    level        smallint NOT NULL CHECK (level BETWEEN 0 AND 4),   -- calm, watch, warn, alarm, critical
    highest      smallint NOT NULL CHECK (highest BETWEEN 1 AND 4), -- so far
    foreseen     timestamptz,       -- when the next level will be reached; null if that is not foreseen
    begun        timestamptz NOT NULL, -- these are times of the run, which may be of another year
    changed      timestamptz NOT NULL,
    ended        timestamptz,
    cause        text,              -- of the end
    peak_density float8 NOT NULL,   -- devices per m²
    peak_devices int NOT NULL,
    ack_at       timestamptz,       -- acknowledgement, by the clock
    ack_by       text,
    ack_note     text,
    ack_level    smallint,          -- the highest level that it is for
    synthetic    boolean NOT NULL,
    CHECK ((ended IS NULL) = (cause IS NULL) AND (ended IS NULL) = (level > 0))
);
CREATE UNIQUE INDEX heat_alarm_open ON yiping.heat_alarm (run, place) WHERE ended IS NULL;
CREATE INDEX heat_alarm_changed ON yiping.heat_alarm (run, changed);
CREATE INDEX heat_alarm_run ON yiping.heat_alarm (run, id);
COMMENT ON TABLE yiping.heat_alarm IS 'Times in which a place was fuller than is good: the record of all alarms.';

-- Which service tells of a run, and until when it need not ask again.
CREATE TABLE yiping.heat_teller (
    run    text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    until  timestamptz NOT NULL,
    batch  bigint NOT NULL -- the last that it has told
);

-- +goose Down
DROP TABLE yiping.heat_teller, yiping.heat_alarm, yiping.heat_place_count, yiping.heat_place;
DROP FUNCTION yiping.count_heat_place_edit, yiping.edit_heat_place;
