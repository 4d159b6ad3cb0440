CREATE TABLE IF NOT EXISTS `millrace`.`millrace_ledger` (
  ledger_id String,
  target String,
  topic String,
  `partition` Int32,
  kind LowCardinality(String),
  version UInt64,
  owner String,
  next Int64,
  intent Int64,
  topic_epoch Int64,
  last_offset Int64,
  last_timestamp Int64,
  last_key_hash Int32,
  committed Nullable(DateTime64(6, 'UTC')),
  forgotten Bool,
  updated_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = ReplacingMergeTree(version) ORDER BY (ledger_id, topic, `partition`, target, kind);

SELECT target, topic, `partition`, kind, toInt64(version), owner, next, intent, topic_epoch, last_offset, last_timestamp, last_key_hash, toInt32(forgotten) FROM `millrace`.`millrace_ledger` FINAL WHERE ledger_id = 'it\'s \\mine' AND (topic, `partition`) IN (('p.public.Order\'s', 3));

SELECT target, topic, `partition`, kind, toInt64(version), owner, next, intent, topic_epoch, last_offset, last_timestamp, last_key_hash, toInt32(forgotten) FROM `millrace`.`millrace_ledger` FINAL WHERE ledger_id = 'it\'s \\mine' AND target = 'shop.Order\'s';

SELECT target, topic, `partition`, kind, toInt64(version), owner, next, intent, topic_epoch, last_offset, last_timestamp, last_key_hash, toInt32(forgotten) FROM `millrace`.`millrace_ledger` FINAL WHERE ledger_id = 'it\'s \\mine' AND topic = 'p.public.Order\'s';

INSERT INTO `millrace`.`millrace_ledger` (ledger_id, target, topic, `partition`, kind, version, owner, next, intent, topic_epoch, last_offset, last_timestamp, last_key_hash, committed, forgotten) VALUES ('it\'s \\mine', 'shop.Order\'s', 'p.public.Order\'s', 3, 'claim', 83886080, 'me', -1, -1, 0, -1, -1, 0, NULL, false), ('it\'s \\mine', 'shop.Order\'s', 'p.public.Order\'s', 3, 'state', 83886081, 'me', 5, 9, 2, -1, -1, 0, NULL, false), ('it\'s \\mine', 'shop.Order\'s', 'p.public.Order\'s', 3, 'state', 83886082, 'me', 9, -1, 2, 8, 1700, 42, fromUnixTimestamp64Micro(1700000000000001, 'UTC'), false);
