-- +goose Up

-- near_m: from how far outside an object is told to be near; filter: CQL2 on the fields
-- of the streams, of the objects that are watched.
ALTER TABLE yiping.fence
    ADD COLUMN near_m float8 NOT NULL DEFAULT 0,
    ADD COLUMN filter text NOT NULL DEFAULT '',
    ALTER COLUMN kinds SET DEFAULT '{enter,exit,cross,dwell,absent,near}';

-- Whether the object is near, or was and has not gone far since.
ALTER TABLE yiping.fence_state ADD COLUMN near boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE yiping.fence_state DROP COLUMN near;
ALTER TABLE yiping.fence
    DROP COLUMN near_m,
    DROP COLUMN filter,
    ALTER COLUMN kinds SET DEFAULT '{enter,exit,cross,dwell,absent}';
