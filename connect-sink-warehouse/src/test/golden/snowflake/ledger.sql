CREATE TABLE IF NOT EXISTS "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" (ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, topic VARCHAR NOT NULL, part NUMBER(10,0) NOT NULL, next NUMBER(19,0) NOT NULL, epoch NUMBER(19,0) NOT NULL, last_offset NUMBER(19,0), last_timestamp NUMBER(19,0), last_key_hash NUMBER(10,0), committed_at TIMESTAMP_TZ(6), updated_at TIMESTAMP_TZ(6) NOT NULL);

INSERT INTO "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" (ledger_id, target, topic, part, next, epoch, updated_at) SELECT '', '', '', 0, 0, 0, CURRENT_TIMESTAMP() FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" WHERE ledger_id = '');

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET epoch = epoch + 1, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));

SELECT target, topic, part, next, epoch, last_offset, last_timestamp, last_key_hash FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" WHERE ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = '';

INSERT INTO "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" (ledger_id, target, topic, part, next, epoch, updated_at) SELECT 'it''s mine', v.v_target, v.v_topic, v.v_part, v.since, 0, CURRENT_TIMESTAMP() FROM (SELECT 'shop.orders' AS v_target, 'it''s.shop.orders' AS v_topic, 3 AS v_part, 5 AS since) AS v LEFT JOIN "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" AS l ON l.ledger_id = 'it''s mine' AND l.target = v.v_target AND l.topic = v.v_topic AND l.part = v.v_part WHERE l.target IS NULL;

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET epoch = epoch + 1, updated_at = CURRENT_TIMESTAMP() FROM (SELECT 'shop.orders' AS v_target, 'it''s.shop.orders' AS v_topic, 3 AS v_part) AS v WHERE ledger_id = 'it''s mine' AND target = v.v_target AND topic = v.v_topic AND part = v.v_part;

SELECT target, topic, part, next, epoch, last_offset, last_timestamp, last_key_hash FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C", (SELECT 'shop.orders' AS v_target, 'it''s.shop.orders' AS v_topic, 3 AS v_part) AS v WHERE ledger_id = 'it''s mine' AND target = v.v_target AND topic = v.v_topic AND part = v.v_part;

SELECT DISTINCT part FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" WHERE ledger_id = 'it''s mine' AND topic = 'it''s.shop.orders';

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET next = 4, epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));

DELETE FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" WHERE ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));
