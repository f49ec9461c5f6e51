-- +goose Up

-- The regions in pieces of few vertices, so that asking where a point lies
-- costs microseconds whatever the borders look like.
CREATE TABLE yiping.region_part (
    layer  text COLLATE "C" NOT NULL, -- district, street or village
    id     bigint NOT NULL,           -- of the region in its layer
    code   text COLLATE "C" NOT NULL,
    parent text COLLATE "C",          -- code of the region above, where it is known
    part   geometry(Polygon, 4326) NOT NULL
);
CREATE INDEX region_part_geom ON yiping.region_part USING gist (part);
CREATE INDEX region_part_id ON yiping.region_part (layer, id);

-- The point that decides where a feature lies: a point itself, the middle of a
-- line, the centroid of anything else. layers.Anchor is the same rule in Go.
-- +goose StatementBegin
CREATE FUNCTION yiping.anchor(geom geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN public.ST_GeometryType(geom) = 'ST_Point' THEN geom
        WHEN public.ST_GeometryType(geom) = 'ST_LineString' THEN public.ST_LineInterpolatePoint(geom, 0.5)
        ELSE public.ST_Centroid(geom)
    END
$$;
-- +goose StatementEnd

-- Where a point lies. The street decides its district, so that sums over the
-- streets equal the district even where surveyed borders disagree; the village
-- counts only inside its own street, for the same reason.
-- +goose StatementBegin
CREATE FUNCTION yiping.regions_at(point geometry, OUT district text, OUT street text, OUT village text)
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    r record;
    outer_district text;
    street_district text;
    village_parent text;
    found_village text;
BEGIN
    FOR r IN
        SELECT p.layer, p.code, p.parent FROM yiping.region_part p
        WHERE p.part OPERATOR(public.&&) point AND public.ST_Covers(p.part, point)
        ORDER BY p.layer, p.code DESC -- the smallest code wins on a shared border
    LOOP
        IF r.layer = 'district' THEN
            outer_district := r.code;
        ELSIF r.layer = 'street' THEN
            street := r.code;
            street_district := r.parent;
        ELSE
            found_village := r.code;
            village_parent := r.parent;
        END IF;
    END LOOP;
    district := coalesce(street_district, outer_district);
    IF village_parent IS NULL OR village_parent = street THEN
        village := found_village;
    END IF;
END
$$;
-- +goose StatementEnd

-- What every row gets, whoever writes it: a code, its regions, and a version.
-- Bulk loads that bring all of these switch it off for their transaction.
-- +goose StatementBegin
CREATE FUNCTION yiping.before_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.id <> OLD.id THEN
            RAISE EXCEPTION 'the id of a feature cannot change (city.%, id %)', TG_TABLE_NAME, OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        NEW.version := OLD.version + 1;
        NEW.updated_at := clock_timestamp();
        IF NEW.geom OPERATOR(public.~=) OLD.geom AND NEW.code = OLD.code
           AND current_setting('yiping.refill', true) IS DISTINCT FROM 'on'
           AND TG_TABLE_NAME NOT IN ('district', 'street', 'village') THEN
            NEW.district := OLD.district;
            NEW.street := OLD.street;
            NEW.village := OLD.village;
            RETURN NEW;
        END IF;
    END IF;
    NEW.code := coalesce(NEW.code, NEW.source || ':' || NEW.source_id, TG_TABLE_NAME || ':' || NEW.id);
    r := yiping.regions_at(yiping.anchor(NEW.geom));
    NEW.district := r.district;
    NEW.street := r.street;
    NEW.village := r.village;
    -- A region lies in itself, and in the parent that it names.
    IF TG_TABLE_NAME = 'district' THEN
        NEW.district := NEW.code;
        NEW.street := NULL;
        NEW.village := NULL;
    ELSIF TG_TABLE_NAME = 'street' THEN
        NEW.district := coalesce(NEW.parent, (
            SELECT p.code FROM yiping.region_part p
            WHERE p.layer = 'district' AND public.ST_Covers(p.part, yiping.anchor(NEW.geom))
            ORDER BY p.code LIMIT 1));
        NEW.street := NEW.code;
        NEW.village := NULL;
    ELSIF TG_TABLE_NAME = 'village' THEN
        NEW.street := coalesce(NEW.parent, r.street);
        NEW.district := coalesce((SELECT s.district FROM city.street s WHERE s.code = NEW.street), r.district);
        NEW.village := NEW.code;
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

-- Keeps the parts of regions, and the places of all features, true when regions
-- change. One function a kind of statement, because each sees other transition
-- tables.
-- +goose StatementBegin
CREATE FUNCTION yiping.region_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO yiping.region_part (layer, id, code, parent, part)
    SELECT TG_TABLE_NAME, n.id, n.code, yiping.parent_region(TG_TABLE_NAME, n.district, n.street),
           (public.ST_Dump(public.ST_Subdivide(n.geom, 32))).geom
    FROM new_rows n;
    PERFORM yiping.regions_changed(TG_TABLE_NAME, (SELECT public.ST_Extent(geom)::public.geometry FROM new_rows));
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION yiping.region_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM yiping.region_part p USING old_rows o WHERE p.layer = TG_TABLE_NAME AND p.id = o.id;
    PERFORM yiping.regions_changed(TG_TABLE_NAME, (SELECT public.ST_Extent(geom)::public.geometry FROM old_rows));
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION yiping.region_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM yiping.region_part p USING old_rows o WHERE p.layer = TG_TABLE_NAME AND p.id = o.id;
    INSERT INTO yiping.region_part (layer, id, code, parent, part)
    SELECT TG_TABLE_NAME, n.id, n.code, yiping.parent_region(TG_TABLE_NAME, n.district, n.street),
           (public.ST_Dump(public.ST_Subdivide(n.geom, 32))).geom
    FROM new_rows n;
    PERFORM yiping.regions_changed(TG_TABLE_NAME, (SELECT public.ST_Extent(geom)::public.geometry FROM (
        SELECT geom FROM old_rows UNION ALL SELECT geom FROM new_rows) both_rows));
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION yiping.region_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM yiping.region_part WHERE layer = TG_TABLE_NAME;
    PERFORM yiping.regions_changed(TG_TABLE_NAME, NULL);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION yiping.parent_region(layer text, district text, street text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE layer WHEN 'street' THEN district WHEN 'village' THEN street END
$$;
-- +goose StatementEnd

-- Finer regions that name no parent follow the coarser ones; then all features.
-- +goose StatementBegin
CREATE FUNCTION yiping.regions_changed(layer text, area geometry) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF layer = 'district' THEN
        UPDATE city.street SET parent = NULL
        WHERE parent IS NULL AND (area IS NULL OR geom OPERATOR(public.&&) area);
    ELSIF layer = 'street' THEN
        UPDATE city.village SET parent = NULL
        WHERE parent IS NULL AND (area IS NULL OR geom OPERATOR(public.&&) area);
    END IF;
    PERFORM yiping.refill(area);
END
$$;
-- +goose StatementEnd

-- Places the features of all layers anew that touch an area (all of them for
-- null), and writes only those whose regions have changed.
-- +goose StatementBegin
CREATE FUNCTION yiping.refill(area geometry) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l text;
BEGIN
    PERFORM set_config('yiping.refill', 'on', true);
    FOR l IN SELECT name FROM yiping.layer WHERE name NOT IN ('district', 'street', 'village') ORDER BY name LOOP
        EXECUTE format($q$
            UPDATE city.%1$I t SET district = n.district
            FROM (SELECT f.id, r.* FROM city.%1$I f, yiping.regions_at(yiping.anchor(f.geom)) r
                  WHERE ($1 IS NULL OR f.geom OPERATOR(public.&&) $1)
                    AND (f.district, f.street, f.village) IS DISTINCT FROM (r.district, r.street, r.village)) n
            WHERE t.id = n.id
        $q$, l) USING area;
    END LOOP;
    PERFORM set_config('yiping.refill', '', true);
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION yiping.refill, yiping.regions_changed, yiping.parent_region, yiping.region_truncated,
    yiping.region_updated, yiping.region_deleted, yiping.region_inserted, yiping.before_write,
    yiping.regions_at, yiping.anchor;
DROP TABLE yiping.region_part;
