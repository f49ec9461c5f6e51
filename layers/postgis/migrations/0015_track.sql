-- +goose Up

-- Where moving objects and sensors were: every report that a stream has accepted.
-- The newest of each object is in the memory of the service.
CREATE TABLE yiping.track (
    stream    text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    t         timestamptz NOT NULL, -- when the object was there
    place     point NOT NULL,       -- lon, lat in degrees, WGS 84
    s         real,                 -- m/s; null where the report did not say, or the stream has none
    h         real,                 -- degrees clockwise from north
    st        smallint,
    synthetic boolean NOT NULL,
    fields    jsonb                 -- what else the report said
) PARTITION BY RANGE (t);
-- Not unique: a report that is sent again after a restart is there twice, and is
-- read once.
CREATE INDEX track_object ON yiping.track (stream, key, t);
CREATE INDEX track_time ON yiping.track USING brin (t);
-- Takes what no day has, when nobody has made days for long (rotate_tracks).
CREATE TABLE yiping.track_rest PARTITION OF yiping.track DEFAULT;
COMMENT ON TABLE yiping.track IS 'The history of all streams of objects, a partition a day (UTC).';

-- Makes the partitions of yesterday, for what comes late, and of the coming days,
-- and drops those older than keep.
-- +goose StatementBegin
CREATE FUNCTION yiping.rotate_tracks(keep interval) RETURNS void
LANGUAGE plpgsql SET "TimeZone" = 'UTC' AS $$
DECLARE
    day date;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('yiping.track')); -- services rotate one after the other
    FOR day IN SELECT current_date + n FROM generate_series(-1, 2) n LOOP
        part := 'track_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('yiping.' || part) IS NOT NULL
            OR EXISTS (SELECT FROM yiping.track_rest WHERE t >= day AND t < day + 1);
        EXECUTE format('CREATE TABLE yiping.%I PARTITION OF yiping.track FOR VALUES FROM (%L) TO (%L)', part, day, day + 1);
    END LOOP;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'yiping.track'::regclass AND c.relname ~ '^track_\d{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= now() - keep
    LOOP
        EXECUTE format('DROP TABLE yiping.%I', part);
    END LOOP;
    DELETE FROM yiping.track_rest WHERE t < now() - keep;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION yiping.rotate_tracks;
DROP TABLE yiping.track;
