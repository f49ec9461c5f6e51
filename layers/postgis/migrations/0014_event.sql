-- +goose Up

-- The events of all EVENT streams, written in the transaction of what they tell
-- of. They are read like the change feed, below pg_snapshot_xmin in order of
-- (xid, seq), and so every reader counts them in the same order.
CREATE TABLE yiping.event (
    stream   text COLLATE "C" NOT NULL,
    id       text COLLATE "C" NOT NULL, -- the producer's: what it tells twice is kept once
    xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq      bigint GENERATED ALWAYS AS IDENTITY, -- ascends in a transaction
    recorded timestamptz NOT NULL DEFAULT statement_timestamp(),
    kind     text NOT NULL,
    key      text COLLATE "C" NOT NULL, -- of the item that it happened to
    version  bigint NOT NULL,           -- of the item after it
    happened timestamptz NOT NULL,
    was      point,                     -- where the item was before, lon then lat; null if it was not
    place    point,                     -- where it is; null if it is gone
    before   jsonb,                     -- the item's row before
    body     jsonb,                     -- and after; null if it is gone
    final    boolean NOT NULL,          -- whether nothing happens to it any more
    PRIMARY KEY (stream, id)
);
CREATE INDEX event_position ON yiping.event (xid, seq);
CREATE INDEX event_stream_position ON yiping.event (stream, xid, seq);
CREATE INDEX event_recorded ON yiping.event USING brin (recorded);
COMMENT ON TABLE yiping.event IS 'Occurrences, each of which reaches every client that asked for it.';

-- Which event is the newest of an item.
CREATE TABLE yiping.event_item (
    stream  text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    event   text COLLATE "C" NOT NULL,
    final   boolean NOT NULL,
    PRIMARY KEY (stream, key),
    FOREIGN KEY (stream, event) REFERENCES yiping.event ON DELETE CASCADE
);
CREATE INDEX event_item_open ON yiping.event_item (stream, key) WHERE NOT final;
CREATE INDEX event_item_event ON yiping.event_item (stream, event); -- for the cascade

-- The last event of a stream that was dropped: what came after it is all there.
CREATE TABLE yiping.event_floor (
    stream text COLLATE "C" PRIMARY KEY,
    xid    xid8 NOT NULL,
    seq    bigint NOT NULL
);

-- Drops events older than keep, at most so many, and says how many they were. The
-- newest of an item that is open stays.
-- +goose StatementBegin
CREATE FUNCTION yiping.drop_events(keep interval, most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    n int;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('yiping.event')) THEN -- another service does it
        RETURN 0;
    END IF;
    WITH gone AS (
        DELETE FROM yiping.event WHERE ctid = ANY (ARRAY(
            SELECT e.ctid FROM yiping.event e
            WHERE recorded < now() - keep AND NOT EXISTS (
                SELECT FROM yiping.event_item i WHERE i.stream = e.stream AND i.event = e.id AND NOT i.final)
            LIMIT most))
        RETURNING stream, xid, seq
    ), last AS (
        INSERT INTO yiping.event_floor AS f
        SELECT DISTINCT ON (stream) stream, xid, seq FROM gone ORDER BY stream, xid DESC, seq DESC
        ON CONFLICT (stream) DO UPDATE SET xid = excluded.xid, seq = excluded.seq
        WHERE (f.xid, f.seq) < (excluded.xid, excluded.seq)
    )
    SELECT count(*) INTO n FROM gone;
    RETURN n;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION yiping.drop_events;
DROP TABLE yiping.event_floor, yiping.event_item, yiping.event;
