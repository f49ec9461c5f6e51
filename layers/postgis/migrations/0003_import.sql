-- +goose Up

-- A geometry on WGS 84, or null where its system cannot say where it lies. An
-- import rejects such a row instead of failing as a whole. Some projections give
-- a place to any number; only what comes back from there was in their domain.
-- +goose StatementBegin
CREATE FUNCTION yiping.to_wgs84(geom geometry) RETURNS geometry LANGUAGE plpgsql STABLE AS $$
DECLARE
    placed geometry;
    back geometry;
    tolerance double precision := 1e-6 * greatest(1, abs(public.ST_XMin(geom)), abs(public.ST_XMax(geom)),
        abs(public.ST_YMin(geom)), abs(public.ST_YMax(geom)));
BEGIN
    placed := public.ST_Transform(geom, 4326);
    back := public.ST_Transform(placed, public.ST_SRID(geom));
    IF abs(public.ST_XMin(back) - public.ST_XMin(geom)) <= tolerance AND abs(public.ST_YMin(back) - public.ST_YMin(geom)) <= tolerance
       AND abs(public.ST_XMax(back) - public.ST_XMax(geom)) <= tolerance AND abs(public.ST_YMax(back) - public.ST_YMax(geom)) <= tolerance THEN
        RETURN placed;
    END IF;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION yiping.to_wgs84;
