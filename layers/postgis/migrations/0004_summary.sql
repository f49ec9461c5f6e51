-- +goose Up

-- What each layer holds in all, as last counted, and the state of the table
-- (its file and its counters of writes) that was counted.
CREATE TABLE yiping.layer_summary (
    layer         text COLLATE "C" PRIMARY KEY REFERENCES yiping.layer ON DELETE CASCADE,
    features      bigint NOT NULL,
    synthetic     bigint NOT NULL,
    length_metres double precision,
    sums          jsonb NOT NULL,
    extent        double precision[],
    as_of         timestamptz NOT NULL,
    state         text NOT NULL
);

-- +goose Down
DROP TABLE yiping.layer_summary;
