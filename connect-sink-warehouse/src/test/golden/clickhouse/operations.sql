CREATE TABLE IF NOT EXISTS `m`.`l_tables` (
  ledger_id String,
  target String,
  kind LowCardinality(String),
  topic String,
  `partition` Int32,
  value String,
  reason String,
  updated_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(updated_at) ORDER BY (ledger_id, target, kind, topic, `partition`);

SELECT value FROM `m`.`l_tables` FINAL WHERE ledger_id = 'mine' AND target = 'shop.Order\'s' AND kind = 'resync';

INSERT INTO `m`.`l_tables` (ledger_id, target, kind, topic, `partition`, value, reason) VALUES ('mine', 'shop.Order\'s', 'resync', '', 0, 'monday', '');

INSERT INTO `m`.`l_tables` (ledger_id, target, kind, topic, `partition`, value, reason) VALUES ('mine', 'shop.Order\'s', 'state', 't', 0, 'parked', 'it\'s broken'), ('mine', 'shop.Order\'s', 'state', 'it\'s', 1, 'parked', 'it\'s broken');

INSERT INTO `m`.`l_tables` (ledger_id, target, kind, topic, `partition`, value, reason) SELECT ledger_id, target, kind, topic, `partition`, '', '' FROM `m`.`l_tables` FINAL WHERE kind = 'state' AND value != '' AND ledger_id = 'mine' AND (topic, `partition`) IN (('t', 0), ('it\'s', 1));

CREATE TABLE IF NOT EXISTS `m`.`l_topics` (
  ledger_id String,
  topic String,
  `partition` Int32,
  noted Int32,
  version UInt64,
  noted_since DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(version) ORDER BY (ledger_id, topic, `partition`);

SELECT topic, `partition`, noted FROM `m`.`l_topics` FINAL WHERE ledger_id = 'mine' AND topic IN ('it\'s', 't');

INSERT INTO `m`.`l_topics` (ledger_id, topic, `partition`, noted, version) VALUES ('mine', 't', 0, 2, 0);

INSERT INTO `m`.`l_topics` (ledger_id, topic, `partition`, noted, version) VALUES ('mine', 't', -3, 3, toUInt64(toUnixTimestamp64Micro(now64(6)))), ('mine', 'it\'s', -3, 3, toUInt64(toUnixTimestamp64Micro(now64(6))));

INSERT INTO `m`.`l_topics` (ledger_id, topic, `partition`, noted, version) SELECT 'mine', topic, -1, 0, 0 FROM `m`.`l_topics` FINAL WHERE ledger_id = 'mine' AND topic IN ('it\'s', 't') GROUP BY topic HAVING count(CASE WHEN `partition` BETWEEN -4 AND -2 AND noted = 3 THEN 1 END) = 3 AND count(CASE WHEN `partition` >= 0 THEN 1 END) = max(`partition`) + 1 AND countIf(`partition` = -1) = 0;

SELECT topic FROM `m`.`l_topics` FINAL WHERE ledger_id = 'mine' GROUP BY topic HAVING max(`partition`) >= 0 AND countIf(`partition` = -1) = 0;

DELETE FROM `m`.`l_topics` WHERE ledger_id = 'mine' AND topic = 'it\'s';
