-- +goose Up

-- The demonstration city that the standard layers hold, if they hold one. A row
-- without finished_at is of a load that was interrupted.
CREATE TABLE yiping.demonstration (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    title       text NOT NULL,
    scale       double precision NOT NULL,
    seed        bigint NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

-- +goose Down
DROP TABLE yiping.demonstration;
