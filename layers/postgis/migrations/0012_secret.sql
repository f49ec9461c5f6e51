-- +goose Up

-- What the replicas of the service share and nobody else may read: the key that
-- signs the tokens of live subscriptions.
CREATE TABLE yiping.secret (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);
REVOKE ALL ON yiping.secret FROM PUBLIC;
-- Two random uuids have 244 random bits.
INSERT INTO yiping.secret (name, value)
VALUES ('live', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- +goose Down
DROP TABLE yiping.secret;
