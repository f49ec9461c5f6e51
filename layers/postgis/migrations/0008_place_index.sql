-- +goose Up

-- Where a point lies along a space-filling curve: its geohash of 7 digits, about
-- 150 m, or null if it is empty or outside of the world. Pages of a box of
-- points come in this order. The digits are those of the Go package geohash.
CREATE FUNCTION yiping.place(geom geometry) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN geom OPERATOR(public.@) public.ST_MakeEnvelope(-180, -90, 180, 90, 4326) THEN public.ST_GeoHash(geom, 7) END;

-- Layers of points that were made before get the indexes that new ones have
-- (postgis.placeIndexes), of the first two texts of few values that maps show.
-- +goose StatementBegin
DO $$
DECLARE
    l record;
BEGIN
    FOR l IN
        SELECT layer.name, array_remove(array_agg(p.name ORDER BY p.seq), NULL) AS few
        FROM yiping.layer LEFT JOIN LATERAL (
            SELECT t.name, (layer.schema #>> ARRAY['properties', t.name, 'x-ogc-propertySeq'])::integer AS seq
            FROM unnest(layer.tile_properties) AS t (name)
            WHERE layer.schema #>> ARRAY['properties', t.name, 'type'] = 'string'
              AND layer.schema #>> ARRAY['properties', t.name, 'format'] IS NULL
              AND (layer.schema #> ARRAY['properties', t.name, 'enum'] IS NOT NULL
                   OR (layer.schema #>> ARRAY['properties', t.name, 'maxLength'])::integer <= 20)
            ORDER BY 2 LIMIT 2
        ) p ON true
        WHERE layer.geometry_type = 'Point'
        GROUP BY layer.name
    LOOP
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON city.%I ((yiping.place(geom) COLLATE "C"), id%s)',
            l.name || '_place_idx', l.name, ', ' || quote_ident(l.few[2]));
        IF l.few[1] IS NOT NULL THEN
            EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON city.%I (%I, (yiping.place(geom) COLLATE "C"), id)',
                l.name || '_class_place_idx', l.name, l.few[1]);
        END IF;
        EXECUTE format('ANALYZE city.%I', l.name); -- the planner wants to know the new expression
    END LOOP;
END
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE
    l text;
BEGIN
    FOR l IN SELECT name FROM yiping.layer WHERE geometry_type = 'Point' LOOP
        EXECUTE format('DROP INDEX IF EXISTS city.%I, city.%I', l || '_place_idx', l || '_class_place_idx');
    END LOOP;
END
$$;
-- +goose StatementEnd
DROP FUNCTION yiping.place(geometry);
