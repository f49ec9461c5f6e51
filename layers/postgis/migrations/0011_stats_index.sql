-- +goose Up

-- Statistics by street and class come from memory: their index costs every
-- writer, and a load of the city 20 seconds.
-- +goose StatementBegin
DO $$
DECLARE
    l text;
BEGIN
    FOR l IN SELECT name FROM yiping.layer LOOP
        EXECUTE format('DROP INDEX IF EXISTS city.%I', l || '_stats_idx');
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- The index of 0007 can be made again by hand.
SELECT 1;
