-- +goose Up

-- Fences: areas of which the service tells who enters and leaves them. Its name for
-- a fence is F- and the id, which no other fence ever gets.
CREATE TABLE yiping.fence (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version      int NOT NULL DEFAULT 1,
    title        text NOT NULL,
    geom         geometry(Geometry, 4326) NOT NULL
                 CONSTRAINT fence_geometry CHECK (ST_IsValid(geom) AND GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON', 'LINESTRING')),
    buffer_m     float8 NOT NULL DEFAULT 0, -- how far from a line the fence reaches
    streams      text[] NOT NULL,           -- whose objects it watches
    kinds        text[] NOT NULL DEFAULT '{enter,exit,cross,dwell,absent}',
    hysteresis_m float8 NOT NULL DEFAULT 0,
    settle_ms    bigint NOT NULL DEFAULT 0,
    dwell_ms     bigint NOT NULL DEFAULT 0,
    absence_ms   bigint NOT NULL DEFAULT 0,
    synthetic    boolean NOT NULL DEFAULT false,
    updated_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE yiping.fence IS 'Geofences. Any SQL client may write it; services notice within a second or two.';

-- How objects stand to fences, written with the events that follow from it. Who is
-- outside, with nothing to wait for, keeps a row for some minutes: it says which
-- reports have been heard.
CREATE TABLE yiping.fence_state (
    fence     text COLLATE "C" NOT NULL,
    stream    text COLLATE "C" NOT NULL,
    entity    text COLLATE "C" NOT NULL,
    phase     smallint NOT NULL, -- 0 outside, 1 entering, 2 in, 3 leaving, 4 away and expected back
    entered   timestamptz,
    went      timestamptz,       -- when it was outside again
    dwelt     boolean NOT NULL,  -- whether dwell was told
    seen      timestamptz NOT NULL,
    place     point NOT NULL,    -- lon, lat at that time
    turned    point NOT NULL,    -- where it was when the phase began
    number    bigint NOT NULL,   -- of its last event
    told      point,             -- and the place of that
    synthetic boolean NOT NULL,
    saved     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fence, stream, entity)
);

-- How often fences were edited, and who evaluates them: the term of the lease.
CREATE TABLE yiping.fence_count (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    edits    bigint NOT NULL DEFAULT 0,
    term     bigint NOT NULL DEFAULT 0
);
INSERT INTO yiping.fence_count DEFAULT VALUES;

-- +goose StatementBegin
CREATE FUNCTION yiping.edit_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER edit_fence BEFORE UPDATE ON yiping.fence FOR EACH ROW EXECUTE FUNCTION yiping.edit_fence();

-- +goose StatementBegin
CREATE FUNCTION yiping.count_fence_edit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE yiping.fence_count SET edits = edits + 1;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER count_fence_edit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON yiping.fence
FOR EACH STATEMENT EXECUTE FUNCTION yiping.count_fence_edit();

-- +goose Down
DROP TABLE yiping.fence_count, yiping.fence_state, yiping.fence;
DROP FUNCTION yiping.count_fence_edit, yiping.edit_fence;
