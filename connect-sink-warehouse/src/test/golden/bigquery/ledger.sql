CREATE TABLE IF NOT EXISTS `my-project`.`mirror`.`millrace_ledger` (ledger_id STRING NOT NULL, target STRING NOT NULL, topic STRING NOT NULL, part INT64 NOT NULL, epoch INT64 NOT NULL, updated_at TIMESTAMP NOT NULL);
INSERT INTO `my-project`.`mirror`.`millrace_ledger` (ledger_id, target, topic, part, epoch, updated_at) SELECT '', '', '', 0, 0, CURRENT_TIMESTAMP() FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger` WHERE ledger_id = '');

CREATE TABLE IF NOT EXISTS `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` (ledger_id STRING NOT NULL, target STRING NOT NULL, topic STRING NOT NULL, part INT64 NOT NULL, next INT64 NOT NULL, last_offset INT64, last_timestamp INT64, last_key_hash INT64, committed_at TIMESTAMP, updated_at TIMESTAMP NOT NULL);

UPDATE `my-project`.`mirror`.`millrace_ledger` SET epoch = epoch + 1, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

SELECT target, topic, part, epoch FROM `my-project`.`mirror`.`millrace_ledger` WHERE ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

SELECT target, topic, part, next, last_offset, last_timestamp, last_key_hash FROM `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` WHERE target = 'shop.orders' AND ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

BEGIN TRANSACTION;
UPDATE `my-project`.`mirror`.`millrace_ledger` SET updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = '';
INSERT INTO `my-project`.`mirror`.`millrace_ledger` (ledger_id, target, topic, part, epoch, updated_at) SELECT 'it\'s mine', v.target, v.topic, v.part, 0, CURRENT_TIMESTAMP() FROM (SELECT 'shop.orders' AS target, 'it\'s.shop.orders' AS topic, 3 AS part) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger` AS l WHERE l.ledger_id = 'it\'s mine' AND l.target = v.target AND l.topic = v.topic AND l.part = v.part);
UPDATE `my-project`.`mirror`.`millrace_ledger` AS l SET epoch = epoch + 1, updated_at = CURRENT_TIMESTAMP() FROM (SELECT 'shop.orders' AS target, 'it\'s.shop.orders' AS topic, 3 AS part) AS v WHERE l.ledger_id = 'it\'s mine' AND l.target = v.target AND l.topic = v.topic AND l.part = v.part;
INSERT INTO `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` (ledger_id, target, topic, part, next, updated_at) SELECT 'it\'s mine', v.target, v.topic, v.part, v.since, CURRENT_TIMESTAMP() FROM (SELECT 'shop.orders' AS target, 'it\'s.shop.orders' AS topic, 3 AS part, 5 AS since) AS v WHERE NOT EXISTS (SELECT 1 FROM `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` AS l WHERE l.ledger_id = 'it\'s mine' AND l.target = v.target AND l.topic = v.topic AND l.part = v.part);
COMMIT TRANSACTION;

SELECT DISTINCT part FROM `my-project`.`mirror`.`millrace_ledger` WHERE ledger_id = 'it\'s mine' AND topic = 'it\'s.shop.orders';

UPDATE `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` SET next = 4, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = CURRENT_TIMESTAMP() WHERE target = 'shop.orders' AND ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

DELETE FROM `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` WHERE target = 'shop.orders' AND ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));

DELETE FROM `my-project`.`mirror`.`millrace_ledger` WHERE ledger_id = 'it\'s mine' AND (topic = 'it\'s.shop.orders' AND part IN (3));
