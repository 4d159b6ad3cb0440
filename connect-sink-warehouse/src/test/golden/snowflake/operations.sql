CREATE TABLE IF NOT EXISTS "WAREHOUSE"."MIRROR"."L_TABLES" (ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, resync VARCHAR, state VARCHAR, reason VARCHAR, updated_at TIMESTAMP_TZ(6) NOT NULL);

CREATE TABLE IF NOT EXISTS "WAREHOUSE"."MIRROR"."L_TOPICS" (ledger_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, part NUMBER(10,0) NOT NULL, noted NUMBER(10,0) NOT NULL, noted_since TIMESTAMP_TZ(6) NOT NULL);

INSERT INTO "WAREHOUSE"."MIRROR"."L_TABLES" (ledger_id, target, updated_at) SELECT 'it''s mine', 'shop.orders', CURRENT_TIMESTAMP() FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM "WAREHOUSE"."MIRROR"."L_TABLES" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders');

UPDATE "WAREHOUSE"."MIRROR"."L_TABLES" SET resync = 'again', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND resync IS DISTINCT FROM 'again';

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET next = 0, epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders';

SELECT target FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' LIMIT 1;

UPDATE "WAREHOUSE"."MIRROR"."L_TABLES" SET state = 'parked', reason = 'it''s broken', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders';

UPDATE "WAREHOUSE"."MIRROR"."L_TABLES" SET state = NULL, reason = NULL, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND state IS NOT NULL;

INSERT INTO "WAREHOUSE"."MIRROR"."L_TOPICS" (ledger_id, topic, part, noted, noted_since) SELECT 'it''s mine', v.v_topic, v.v_part, CASE WHEN c.topic IS NULL THEN 0 ELSE 2 END, CURRENT_TIMESTAMP() FROM (SELECT 'it''s.shop.orders' AS v_topic, 3 AS v_part) AS v LEFT JOIN "WAREHOUSE"."MIRROR"."L_TOPICS" AS c ON c.ledger_id = 'it''s mine' AND c.topic = v.v_topic AND c.part = -1 LEFT JOIN "WAREHOUSE"."MIRROR"."L_TOPICS" AS p ON p.ledger_id = 'it''s mine' AND p.topic = v.v_topic AND p.part = v.v_part WHERE p.topic IS NULL;

UPDATE "WAREHOUSE"."MIRROR"."L_TOPICS" SET noted = 1 WHERE noted = 2 AND ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));

SELECT topic, part FROM "WAREHOUSE"."MIRROR"."L_TOPICS" WHERE noted = 2 AND ledger_id = 'it''s mine' AND (topic = 'it''s.shop.orders' AND part IN (3));

SELECT topic FROM "WAREHOUSE"."MIRROR"."L_TOPICS" WHERE ledger_id = 'it''s mine' GROUP BY topic HAVING MAX(part) >= 0 AND COUNT(CASE WHEN part = -1 THEN 1 END) = 0;

UPDATE "WAREHOUSE"."MIRROR"."L_TOPICS" SET noted = 2 WHERE ledger_id = 'it''s mine' AND topic IN ('it''s.shop.orders') AND part = -2 AND noted <> 2;

INSERT INTO "WAREHOUSE"."MIRROR"."L_TOPICS" (ledger_id, topic, part, noted, noted_since) SELECT 'it''s mine', v.v_topic, -2, 2, CURRENT_TIMESTAMP() FROM (SELECT 'it''s.shop.orders' AS v_topic) AS v LEFT JOIN "WAREHOUSE"."MIRROR"."L_TOPICS" AS p ON p.ledger_id = 'it''s mine' AND p.topic = v.v_topic AND p.part = -2 WHERE p.topic IS NULL;

INSERT INTO "WAREHOUSE"."MIRROR"."L_TOPICS" (ledger_id, topic, part, noted, noted_since) SELECT 'it''s mine', v.v_topic, -1, 0, CURRENT_TIMESTAMP() FROM (SELECT topic AS v_topic FROM "WAREHOUSE"."MIRROR"."L_TOPICS" WHERE ledger_id = 'it''s mine' AND topic IN ('it''s.shop.orders') GROUP BY topic HAVING count(CASE WHEN part BETWEEN -3 AND -2 AND noted = 2 THEN 1 END) = 2 AND count(CASE WHEN part >= 0 THEN 1 END) = max(part) + 1) AS v LEFT JOIN "WAREHOUSE"."MIRROR"."L_TOPICS" AS p ON p.ledger_id = 'it''s mine' AND p.topic = v.v_topic AND p.part = -1 WHERE p.topic IS NULL;

DELETE FROM "WAREHOUSE"."MIRROR"."L_TOPICS" WHERE ledger_id = 'it''s mine' AND topic = 'it''s.shop.orders';
