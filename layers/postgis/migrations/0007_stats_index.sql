-- +goose Up

-- Layers that were made before get the index of statistics that new ones have
-- (postgis.statsColumns): the street, and the first two texts of few
-- values that maps show.
-- +goose StatementBegin
DO $$
DECLARE
    l record;
BEGIN
    FOR l IN
        SELECT layer.name, string_agg(quote_ident(p.name), ', ' ORDER BY p.seq) AS columns
        FROM yiping.layer, LATERAL (
            SELECT t.name, (layer.schema #>> ARRAY['properties', t.name, 'x-ogc-propertySeq'])::integer AS seq
            FROM unnest(layer.tile_properties) AS t (name)
            WHERE layer.schema #>> ARRAY['properties', t.name, 'type'] = 'string'
              AND layer.schema #>> ARRAY['properties', t.name, 'format'] IS NULL
              AND (layer.schema #> ARRAY['properties', t.name, 'enum'] IS NOT NULL
                   OR (layer.schema #>> ARRAY['properties', t.name, 'maxLength'])::integer <= 20)
            ORDER BY 2 LIMIT 2
        ) p
        GROUP BY layer.name
    LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON city.%I (street, %s)', l.name || '_stats_idx', l.name, l.columns);
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- The indexes belong to the layers' tables and harm nobody.
SELECT 1;
