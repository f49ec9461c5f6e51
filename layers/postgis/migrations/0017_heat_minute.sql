-- +goose Up

-- What frames told of each minute of a crowd: the cells with devices that may be told.
-- run is '' for the crowd of now, else a replay's id.
CREATE TABLE yiping.heat_minute (
    run           text COLLATE "C" NOT NULL,
    minute        timestamptz NOT NULL, -- its beginning
    resolution    smallint NOT NULL,    -- H3
    told          timestamptz NOT NULL, -- when its last frame was made
    devices       int,                  -- in all cells; null where too few to be told
    synthetic     boolean NOT NULL,
    warming_until timestamptz,          -- until then not all who were there had been heard of
    cells         bytea NOT NULL,       -- packed, see heatmap/history
    PRIMARY KEY (run, resolution, minute)
) PARTITION BY RANGE (minute);
ALTER TABLE yiping.heat_minute ALTER cells SET STORAGE EXTERNAL; -- packed as small as it gets
-- Takes what no day has: replays of long ago.
CREATE TABLE yiping.heat_minute_rest PARTITION OF yiping.heat_minute DEFAULT;
COMMENT ON TABLE yiping.heat_minute IS 'Minutes of the crowd by H3 cell, a partition a day (UTC).';

CREATE TABLE yiping.heat_place_minute (
    run       text COLLATE "C" NOT NULL,
    place     text COLLATE "C" NOT NULL,
    minute    timestamptz NOT NULL,
    devices   int NOT NULL,
    visits    int NOT NULL,    -- since the run began
    density   float8 NOT NULL, -- devices per m²
    in_per_s  float8 NOT NULL,
    out_per_s float8 NOT NULL,
    level     smallint NOT NULL, -- 0 calm, 1 watch, 2 warn, 3 alarm, 4 critical
    synthetic boolean NOT NULL,
    warming   boolean NOT NULL,
    PRIMARY KEY (run, place, minute)
);
-- For what is too old, and for all places of a minute.
CREATE INDEX heat_place_minute_run ON yiping.heat_place_minute (run, minute);
COMMENT ON TABLE yiping.heat_place_minute IS 'Minutes of the crowd by place.';

-- The replays that were begun and not stopped.
CREATE TABLE yiping.heat_replay (
    id    text COLLATE "C" PRIMARY KEY,
    rules text NOT NULL,       -- digest of the scenario
    seed  bigint NOT NULL,     -- its 64 bits
    speed float8 NOT NULL,     -- 0 is paused
    owner text NOT NULL,       -- the service that plays it: who began it, or went on with it last
    at    timestamptz NOT NULL -- where its evening goes on after a restart
);

-- Makes the partitions of yesterday and of the coming days, and drops those older than
-- keep_cells. Replays stay until they are begun again or stopped.
-- +goose StatementBegin
CREATE FUNCTION yiping.rotate_heat(keep_cells interval, keep_places interval) RETURNS void
LANGUAGE plpgsql SET "TimeZone" = 'UTC' AS $$
DECLARE
    day date;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('yiping.heat_minute')); -- services rotate one after the other
    FOR day IN SELECT current_date + n FROM generate_series(-1, 2) n LOOP
        part := 'heat_minute_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('yiping.' || part) IS NOT NULL
            OR EXISTS (SELECT FROM yiping.heat_minute_rest WHERE minute >= day AND minute < day + 1);
        EXECUTE format('CREATE TABLE yiping.%I PARTITION OF yiping.heat_minute FOR VALUES FROM (%L) TO (%L)', part, day, day + 1);
    END LOOP;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'yiping.heat_minute'::regclass AND c.relname ~ '^heat_minute_\d{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= now() - keep_cells
    LOOP
        EXECUTE format('DROP TABLE yiping.%I', part);
    END LOOP;
    DELETE FROM yiping.heat_minute_rest WHERE run = '' AND minute < now() - keep_cells;
    DELETE FROM yiping.heat_place_minute WHERE run = '' AND minute < now() - keep_places;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION yiping.rotate_heat;
DROP TABLE yiping.heat_replay, yiping.heat_place_minute, yiping.heat_minute;
