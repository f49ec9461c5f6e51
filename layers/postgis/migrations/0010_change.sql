-- +goose Up

-- The change feed: what happened to the features, written in the transaction of
-- whoever wrote them. Transactions commit in another order than they number
-- their changes, so read only what lies below pg_snapshot_xmin: nothing can
-- appear there any more (postgis.Store.Follow).
CREATE SEQUENCE yiping.change_seq CACHE 64;
CREATE TABLE yiping.change (
    xid   xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq   bigint NOT NULL DEFAULT nextval('yiping.change_seq'), -- ascends in a transaction
    at    timestamptz NOT NULL DEFAULT statement_timestamp(),
    layer text COLLATE "C" NOT NULL,
    id    bigint,          -- of the feature; null where the whole layer changed
    op    "char" NOT NULL, -- i(nsert), u(pdate), d(elete), or r(eset): read the layer anew
    old   box              -- bounds before the change, lon then lat
) PARTITION BY RANGE (at);
CREATE INDEX change_position ON yiping.change (xid, seq);
-- Takes what no day has, when nobody has made days for long (rotate_changes).
CREATE TABLE yiping.change_rest PARTITION OF yiping.change DEFAULT;
COMMENT ON TABLE yiping.change IS 'The change feed of all layers, a partition a day (UTC).';

-- Which history the feed tells, and up to which transaction it has forgotten it.
CREATE TABLE yiping.change_epoch (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch    uuid NOT NULL DEFAULT gen_random_uuid(),
    floor    xid8 NOT NULL DEFAULT '0'
);
INSERT INTO yiping.change_epoch DEFAULT VALUES;

CREATE FUNCTION yiping.note_reset(layer text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO yiping.change (layer, op) VALUES (layer, 'r')
$$;

-- Notes the changes of one statement. One that writes so many rows that reading
-- the layer anew is less work notes a reset instead. It runs as its owner:
-- whoever may write a layer need not see the feed.
-- +goose StatementBegin
CREATE FUNCTION yiping.note_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM yiping.note_reset(TG_TABLE_NAME);
        RETURN NULL;
    END IF;
    SELECT count(*) INTO n FROM changed;
    IF n > 20000 AND n * 4 > (SELECT reltuples FROM pg_class WHERE oid = TG_RELID) THEN
        PERFORM yiping.note_reset(TG_TABLE_NAME);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO yiping.change (layer, id, op) SELECT TG_TABLE_NAME, id, 'i' FROM changed;
    ELSIF n > 0 THEN
        INSERT INTO yiping.change (layer, id, op, old)
        SELECT TG_TABLE_NAME, id, CASE TG_OP WHEN 'UPDATE' THEN 'u' ELSE 'd' END, public.box(geom) FROM changed;
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- Makes a layer's writers tell the feed, beginning with a reset.
-- +goose StatementBegin
CREATE FUNCTION yiping.watch(layer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER change_inserted AFTER INSERT ON city.%I REFERENCING NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION yiping.note_changes()', layer);
    EXECUTE format('CREATE TRIGGER change_updated AFTER UPDATE ON city.%I REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION yiping.note_changes()', layer);
    EXECUTE format('CREATE TRIGGER change_deleted AFTER DELETE ON city.%I REFERENCING OLD TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION yiping.note_changes()', layer);
    EXECUTE format('CREATE TRIGGER change_truncated AFTER TRUNCATE ON city.%I
        FOR EACH STATEMENT EXECUTE FUNCTION yiping.note_changes()', layer);
    PERFORM yiping.note_reset(layer);
END
$$;
-- +goose StatementEnd

-- Lets a bulk load write past the feed, until it calls watch in the same
-- transaction: the server keeps a copy of each row for a trigger that may ask
-- for it, even for one that is switched off.
-- +goose StatementBegin
CREATE FUNCTION yiping.unwatch(layer text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['change_inserted', 'change_updated', 'change_deleted', 'change_truncated'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON city.%I', t, layer);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- Makes the partitions of the coming days, and drops those older than keep.
-- +goose StatementBegin
CREATE FUNCTION yiping.rotate_changes(keep interval) RETURNS void
LANGUAGE plpgsql SET "TimeZone" = 'UTC' AS $$
DECLARE
    day date;
    part text;
    last xid8;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('yiping.change')); -- services rotate one after the other
    FOR day IN SELECT current_date + n FROM generate_series(0, 2) n LOOP
        part := 'change_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('yiping.' || part) IS NOT NULL
            OR EXISTS (SELECT FROM yiping.change_rest WHERE at >= day AND at < day + 1);
        EXECUTE format('CREATE TABLE yiping.%I PARTITION OF yiping.change FOR VALUES FROM (%L) TO (%L)', part, day, day + 1);
    END LOOP;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'yiping.change'::regclass AND c.relname ~ '^change_\d{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') + 1 <= now() - keep
    LOOP
        EXECUTE format('SELECT xid FROM yiping.%I ORDER BY xid DESC LIMIT 1', part) INTO last;
        UPDATE yiping.change_epoch SET floor = greatest(floor, last);
        EXECUTE format('DROP TABLE yiping.%I', part);
    END LOOP;
    SELECT xid INTO last FROM yiping.change_rest WHERE at < now() - keep ORDER BY xid DESC LIMIT 1;
    IF FOUND THEN
        UPDATE yiping.change_epoch SET floor = greatest(floor, last);
        DELETE FROM yiping.change_rest WHERE at < now() - keep;
    END IF;
END
$$;
-- +goose StatementEnd

SELECT yiping.watch(name) FROM yiping.layer;

-- +goose Down
SELECT yiping.unwatch(name) FROM yiping.layer;
DROP FUNCTION yiping.rotate_changes, yiping.unwatch, yiping.watch, yiping.note_changes, yiping.note_reset;
DROP TABLE yiping.change, yiping.change_epoch;
DROP SEQUENCE yiping.change_seq;
