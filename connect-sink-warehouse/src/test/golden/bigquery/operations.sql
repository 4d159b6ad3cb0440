CREATE TABLE IF NOT EXISTS `my-project`.`mirror`.`millrace_ledger_tables` (ledger_id STRING NOT NULL, target STRING NOT NULL, resync STRING, state STRING, reason STRING, updated_at TIMESTAMP NOT NULL);

CREATE TABLE IF NOT EXISTS `my-project`.`mirror`.`millrace_ledger_topics` (ledger_id STRING NOT NULL, topic STRING NOT NULL, part INT64 NOT NULL, noted INT64 NOT NULL, noted_since TIMESTAMP NOT NULL);

INSERT INTO `my-project`.`mirror`.`millrace_ledger_tables` (ledger_id, target, updated_at) SELECT 'it\'s mine', 'shop.orders', CURRENT_TIMESTAMP() FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_tables` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders');

UPDATE `my-project`.`mirror`.`millrace_ledger_tables` SET state = 'parked', reason = 'it\'s broken', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders';

UPDATE `my-project`.`mirror`.`millrace_ledger_tables` SET state = NULL, reason = NULL, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND state IS NOT NULL;

INSERT INTO `my-project`.`mirror`.`millrace_ledger_topics` (ledger_id, topic, part, noted, noted_since) SELECT 'it\'s mine', v.topic, v.part, CASE WHEN EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_topics` AS c WHERE c.ledger_id = 'it\'s mine' AND c.topic = v.topic AND c.part = -1) THEN 2 ELSE 0 END, CURRENT_TIMESTAMP() FROM (SELECT 'it\'s.shop.orders' AS topic, 3 AS part) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_topics` AS p WHERE p.ledger_id = 'it\'s mine' AND p.topic = v.topic AND p.part = v.part);

UPDATE `my-project`.`mirror`.`millrace_ledger_topics` SET noted = 1 WHERE noted = 2 AND ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

SELECT topic, part FROM `my-project`.`mirror`.`millrace_ledger_topics` WHERE noted = 2 AND ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

SELECT topic FROM `my-project`.`mirror`.`millrace_ledger_topics` WHERE ledger_id = 'it\'s mine' GROUP BY topic HAVING MAX(part) >= 0 AND COUNTIF(part = -1) = 0;

DELETE FROM `my-project`.`mirror`.`millrace_ledger_topics` WHERE ledger_id = 'it\'s mine' AND topic = 'it\'s';

UPDATE `my-project`.`mirror`.`millrace_ledger_tables` SET resync = 'it\'s monday', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' AND resync IS DISTINCT FROM 'it\'s monday';

ASSERT @@row_count = 1 AS 'millrace fenced';

SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger` WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders' LIMIT 1;

UPDATE `my-project`.`mirror`.`millrace_ledger` SET epoch = epoch + 1, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders';

UPDATE `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` SET next = 0, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND target = 'shop.orders';

UPDATE `my-project`.`mirror`.`millrace_ledger_topics` SET noted = 3 WHERE ledger_id = 'it\'s mine' AND topic IN ('it\'s.shop.orders') AND part = -3 AND noted <> 3;

INSERT INTO `my-project`.`mirror`.`millrace_ledger_topics` (ledger_id, topic, part, noted, noted_since) SELECT 'it\'s mine', v.topic, -3, 3, CURRENT_TIMESTAMP() FROM (SELECT 'it\'s.shop.orders' AS topic) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_topics` AS p WHERE p.ledger_id = 'it\'s mine' AND p.topic = v.topic AND p.part = -3);

INSERT INTO `my-project`.`mirror`.`millrace_ledger_topics` (ledger_id, topic, part, noted, noted_since) SELECT 'it\'s mine', v.topic, -1, 0, CURRENT_TIMESTAMP() FROM (SELECT topic FROM `my-project`.`mirror`.`millrace_ledger_topics` WHERE ledger_id = 'it\'s mine' AND topic IN ('it\'s.shop.orders') GROUP BY topic HAVING COUNTIF(part BETWEEN -4 AND -2 AND noted = 3) = 3 AND COUNTIF(part >= 0) = MAX(part) + 1) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_topics` AS p WHERE p.ledger_id = 'it\'s mine' AND p.topic = v.topic AND p.part = -1);
