CREATE TABLE IF NOT EXISTS `shop`.`Order's` (
  `id` Int32,
  `select` Nullable(String),
  `wide\`` Nullable(Int32),
  `gone` Bool,
  `gone_at` Nullable(DateTime64(6, 'UTC')),
  `synced_at` DateTime64(6, 'UTC'),
  `__version` UInt64,
  `__is_deleted` UInt8
) ENGINE = ReplacingMergeTree(`__version`, `__is_deleted`) ORDER BY (`id`);

CREATE TABLE IF NOT EXISTS `shop`.`Order's` (
  `id` Int32,
  `select` Nullable(String),
  `wide\`` Nullable(Int32),
  `__version` UInt64
) ENGINE = MergeTree ORDER BY `__version` SETTINGS non_replicated_deduplication_window = 1000;

ALTER TABLE `shop`.`Order's` ADD COLUMN IF NOT EXISTS `added` Nullable(String) DEFAULT 'it\'s';

ALTER TABLE `shop`.`Order's` MODIFY COLUMN `n` Nullable(Int64);

ALTER TABLE `shop`.`Order's` ADD COLUMN IF NOT EXISTS `gone` Bool;

ALTER TABLE `shop`.`Order's` ADD COLUMN IF NOT EXISTS `gone_at` Nullable(DateTime64(6, 'UTC'));

ALTER TABLE `shop`.`Order's` ADD COLUMN IF NOT EXISTS `synced_at` Nullable(DateTime64(6, 'UTC'));

ALTER TABLE `shop`.`Order's` MODIFY SETTING non_replicated_deduplication_window = 1000;

CREATE OR REPLACE VIEW `shop`.`Order's_current` AS SELECT `id`, `select`, `wide\`` FROM `shop`.`Order's` FINAL;
