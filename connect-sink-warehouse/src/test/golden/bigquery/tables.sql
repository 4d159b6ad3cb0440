CREATE SCHEMA IF NOT EXISTS `my-project`.`shop` OPTIONS (location = 'EU');

CREATE SCHEMA IF NOT EXISTS `my-project`.`millrace_staging` OPTIONS (location = 'EU', default_table_expiration_days = 1);

CREATE TABLE IF NOT EXISTS `my-project`.`shop`.`orders` (
  `id` INT64 NOT NULL,
  `tags` JSON,
  `at` DATETIME,
  `it_s_new` STRING,
  `required` BOOL NOT NULL,
  `gone` BOOL DEFAULT FALSE NOT NULL,
  `gone_at` TIMESTAMP,
  `synced_at` TIMESTAMP
)
PARTITION BY DATETIME_TRUNC(`at`, MONTH)
CLUSTER BY `id`;

ALTER TABLE `my-project`.`shop`.`orders` ALTER COLUMN `tags` DROP NOT NULL;

ALTER TABLE `my-project`.`shop`.`orders` ADD COLUMN IF NOT EXISTS `it_s_new` STRING;

ALTER TABLE `my-project`.`shop`.`orders` ALTER COLUMN `it_s_new` SET DEFAULT 'don\'t know';

UPDATE `my-project`.`shop`.`orders` SET `it_s_new` = 'don\'t know' WHERE `it_s_new` IS NULL;

ALTER TABLE `my-project`.`shop`.`orders` ADD COLUMN IF NOT EXISTS `gone` BOOL;

ALTER TABLE `my-project`.`shop`.`orders` ALTER COLUMN `gone` SET DEFAULT FALSE;

UPDATE `my-project`.`shop`.`orders` SET `gone` = FALSE WHERE `gone` IS NULL;

ALTER TABLE `my-project`.`shop`.`orders` ADD COLUMN IF NOT EXISTS `gone_at` TIMESTAMP;

ALTER TABLE `my-project`.`shop`.`orders` ADD COLUMN IF NOT EXISTS `synced_at` TIMESTAMP;
