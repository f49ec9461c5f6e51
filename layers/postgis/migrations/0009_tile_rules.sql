-- +goose Up

-- What tiles tell of features that they do not draw one by one
-- (layers.TileRules), and the rules of the standard layers that were made before.
ALTER TABLE yiping.layer ADD COLUMN tile_rules jsonb NOT NULL DEFAULT '{}';
UPDATE yiping.layer SET zoom_min = 0, tile_rules = '{"count_by": "state"}' WHERE name = 'component';
UPDATE yiping.layer SET tile_rules = '{"merge_by": ["medium"], "weight": "diameter_mm"}' WHERE name = 'pipeline';
UPDATE yiping.layer SET tile_rules = '{"merge_by": ["class", "name"]}' WHERE name = 'road';

-- +goose Down
UPDATE yiping.layer SET zoom_min = 15 WHERE name = 'component';
ALTER TABLE yiping.layer DROP COLUMN tile_rules;
