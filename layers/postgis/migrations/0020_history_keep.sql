-- +goose Up

-- How long a layer keeps the versions of its history; null is for ever.
ALTER TABLE yiping.layer ADD COLUMN history_keep interval CHECK (history_keep > '0');

-- Has a layer keep versions from now on, or no longer: then those that it has are
-- forgotten. The table stays for who reads it just now.
-- +goose StatementBegin
CREATE FUNCTION yiping.switch_history(layer text, keeps boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS version_updated ON city.%I', layer);
    EXECUTE format('DROP TRIGGER IF EXISTS version_deleted ON city.%I', layer);
    EXECUTE format('DROP TRIGGER IF EXISTS version_truncated ON city.%I', layer);
    IF keeps THEN -- anew: the layer may have other columns by now
        PERFORM yiping.drop_history(layer);
        PERFORM yiping.keep_history(layer);
    ELSE
        EXECUTE format('TRUNCATE city_history.%I', layer);
    END IF;
END
$$;
-- +goose StatementEnd

-- Forgets versions that ended before the layer's time, at most so many, and says how
-- many. Who else forgets them at the same time is not waited for.
-- +goose StatementBegin
CREATE FUNCTION yiping.prune_history(layer text, most int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    keep interval;
    n bigint;
BEGIN
    SELECT l.history_keep INTO keep FROM yiping.layer l WHERE l.name = layer AND l.history;
    IF keep IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('DELETE FROM city_history.%1$I WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM city_history.%1$I WHERE valid_to < now() - $1 LIMIT $2 FOR UPDATE SKIP LOCKED))', layer) USING keep, most;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION yiping.prune_history, yiping.switch_history;
ALTER TABLE yiping.layer DROP COLUMN history_keep;
