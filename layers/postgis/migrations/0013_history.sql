-- +goose Up

-- The earlier versions of features, for layers that keep them: a table a layer,
-- written in the transaction of whoever wrote the layer. What holds now is only in
-- the layer's own table, so a load costs nothing more.
CREATE SCHEMA city_history;
COMMENT ON SCHEMA city_history IS 'Earlier versions of the features of city, which held from valid_from until before valid_to.';

ALTER TABLE yiping.layer ADD COLUMN history boolean NOT NULL DEFAULT false;

-- Makes a layer keep what each statement replaces or deletes. A version holds from
-- its updated_at to that of the next, so that no time is left out and none is told
-- twice. Columns that somebody adds to the layer's table later are not kept.
--
-- Each layer has a function of its own, whose plans stay: they cost most of a
-- statement of one row. A plan that was made for one row must serve for many, so it
-- is no nested loop. The function runs as its owner: whoever may write a layer need
-- not see its history.
-- +goose StatementBegin
CREATE FUNCTION yiping.keep_history(layer text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    columns text;
    theirs text;
BEGIN
    EXECUTE format('CREATE TABLE city_history.%1$I (LIKE city.%1$I,
        valid_from timestamptz GENERATED ALWAYS AS (updated_at) STORED, valid_to timestamptz NOT NULL)', layer);
    EXECUTE format('CREATE INDEX %I ON city_history.%I (id, valid_from)', layer || '_version_idx', layer);
    SELECT string_agg(quote_ident(attname), ', '), string_agg('o.' || quote_ident(attname), ', ') INTO columns, theirs
    FROM pg_attribute WHERE attrelid = format('city.%I', layer)::regclass AND attnum > 0 AND NOT attisdropped;
    EXECUTE format($f$
        CREATE FUNCTION city_history.%1$I() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $t$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO city_history.%2$I (%3$s, valid_to)
                SELECT %4$s, n.updated_at FROM was o JOIN becomes n ON n.id = o.id;
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO city_history.%2$I (%3$s, valid_to) SELECT %4$s, clock_timestamp() FROM was o;
            ELSE -- a load: its ids name other features
                TRUNCATE city_history.%2$I;
            END IF;
            RETURN NULL;
        END
        $t$
    $f$, 'keep_' || layer, layer, columns, theirs);
    EXECUTE format('CREATE TRIGGER version_updated AFTER UPDATE ON city.%I REFERENCING OLD TABLE AS was NEW TABLE AS becomes
        FOR EACH STATEMENT EXECUTE FUNCTION city_history.%I()', layer, 'keep_' || layer);
    EXECUTE format('CREATE TRIGGER version_deleted AFTER DELETE ON city.%I REFERENCING OLD TABLE AS was
        FOR EACH STATEMENT EXECUTE FUNCTION city_history.%I()', layer, 'keep_' || layer);
    EXECUTE format('CREATE TRIGGER version_truncated AFTER TRUNCATE ON city.%I
        FOR EACH STATEMENT EXECUTE FUNCTION city_history.%I()', layer, 'keep_' || layer);
END
$$;
-- +goose StatementEnd

-- Forgets the history of a layer whose table is gone.
-- +goose StatementBegin
CREATE FUNCTION yiping.drop_history(layer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS city_history.%I', layer);
    EXECUTE format('DROP FUNCTION IF EXISTS city_history.%I()', 'keep_' || layer);
END
$$;
-- +goose StatementEnd

-- The standard layers that were made before.
UPDATE yiping.layer SET history = true
WHERE name IN ('building', 'component', 'compound', 'construction_site', 'curtain_wall', 'pipeline');
SELECT yiping.keep_history(name) FROM yiping.layer WHERE history;

-- +goose Down
ALTER TABLE yiping.layer DROP COLUMN history;
DROP FUNCTION yiping.drop_history, yiping.keep_history;
DROP SCHEMA city_history CASCADE; -- and with its functions the triggers
