CREATE TABLE IF NOT EXISTS `my-project`.`mirror`.`millrace_ledger_generations` (ledger_id STRING NOT NULL, target STRING NOT NULL, generation STRING NOT NULL, ord INT64 NOT NULL, state STRING NOT NULL, cleared BOOL NOT NULL, updated_at TIMESTAMP NOT NULL);

CREATE TABLE IF NOT EXISTS `my-project`.`mirror`.`millrace_ledger_generation_offsets` (ledger_id STRING NOT NULL, target STRING NOT NULL, generation STRING NOT NULL, topic STRING NOT NULL, part INT64 NOT NULL, last_offset INT64 NOT NULL);

INSERT INTO `my-project`.`mirror`.`millrace_ledger_generations` (ledger_id, target, generation, ord, state, cleared, updated_at) SELECT 'it\'s mine', 'shop.orders', 'g1', 2, CASE WHEN (SELECT COUNT(*) FROM `my-project`.`mirror`.`millrace_ledger_generations` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND ord > 2 AND state <> 'aborted') > 0 THEN 'superseded' ELSE 'open' END, FALSE, CURRENT_TIMESTAMP() FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_generations` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1');

UPDATE `my-project`.`mirror`.`millrace_ledger_generations` SET state = 'superseded', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND ord < (SELECT MAX(ord) FROM `my-project`.`mirror`.`millrace_ledger_generations` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1') AND state IN ('open', 'ended');

INSERT INTO `my-project`.`mirror`.`millrace_ledger_generation_offsets` (ledger_id, target, generation, topic, part, last_offset) SELECT 'it\'s mine', 'shop.orders', 'g1', v.v_topic, v.v_part, v.v_last FROM (SELECT 'it\'s.shop.orders' AS v_topic, 3 AS v_part, 7 AS v_last UNION ALL SELECT '' AS v_topic, -1 AS v_part, 5 AS v_last) AS v LEFT JOIN `my-project`.`mirror`.`millrace_ledger_generation_offsets` AS o ON o.ledger_id = 'it\'s mine' AND o.target = 'shop.orders' AND o.generation = 'g1' AND o.topic = v.v_topic AND o.part = v.v_part AND o.last_offset >= v.v_last WHERE o.topic IS NULL AND (SELECT COUNT(*) FROM `my-project`.`mirror`.`millrace_ledger_generations` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1' AND state = 'open') > 0;

UPDATE `my-project`.`mirror`.`millrace_ledger_generations` SET state = 'ended', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1' AND state = 'open';

SELECT state FROM `my-project`.`mirror`.`millrace_ledger_generations` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1';

SELECT target, generation, state, UNIX_MICROS(CURRENT_TIMESTAMP()) - UNIX_MICROS(updated_at) AS age FROM `my-project`.`mirror`.`millrace_ledger_generations` WHERE ledger_id = 'it\'s mine' AND (state = 'ended' OR state IN ('superseded', 'aborted', 'done') AND NOT cleared) ORDER BY target, ord;

SELECT topic, part, MAX(last_offset) AS last_offset FROM `my-project`.`mirror`.`millrace_ledger_generation_offsets` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1' GROUP BY topic, part;

SELECT topic, part, next FROM `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders';

UPDATE `my-project`.`mirror`.`millrace_ledger_generations` SET state = 'done', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1' AND state = 'ended';

UPDATE `my-project`.`mirror`.`millrace_ledger_generations` SET state = 'aborted', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1' AND state IN ('open', 'ended');

MERGE INTO `my-project`.`shop`.`orders` AS t
USING `my-project`.`shop`.`millrace_gen_90406ea029b4c1d2` AS s
ON t.`id` = CAST(s.`id` AS INT64)
WHEN NOT MATCHED BY SOURCE THEN DELETE
WHEN MATCHED AND (t.`select` IS DISTINCT FROM CAST(s.`select` AS STRING) OR TO_JSON_STRING(t.`tags`) IS DISTINCT FROM TO_JSON_STRING(s.`tags`) OR t.`at` IS DISTINCT FROM CAST(s.`at` AS DATETIME)) THEN UPDATE SET `select` = CAST(s.`select` AS STRING), `tags` = s.`tags`, `at` = CAST(s.`at` AS DATETIME), `synced` = CAST(s.`synced` AS TIMESTAMP)
WHEN NOT MATCHED BY TARGET THEN INSERT (`id`, `select`, `tags`, `at`, `synced`) VALUES (CAST(s.`id` AS INT64), CAST(s.`select` AS STRING), s.`tags`, CAST(s.`at` AS DATETIME), CAST(s.`synced` AS TIMESTAMP));

DELETE FROM `my-project`.`shop`.`orders` WHERE TRUE;

INSERT INTO `my-project`.`shop`.`orders` (`id`, `select`, `tags`, `at`)
SELECT CAST(s.`id` AS INT64), CAST(s.`select` AS STRING), s.`tags`, CAST(s.`at` AS DATETIME) FROM `my-project`.`shop`.`millrace_gen_90406ea029b4c1d2` AS s;

DELETE FROM `my-project`.`mirror`.`millrace_ledger_generation_offsets` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1';

UPDATE `my-project`.`mirror`.`millrace_ledger_generations` SET cleared = TRUE, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND generation = 'g1';
