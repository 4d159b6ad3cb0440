CREATE TABLE IF NOT EXISTS "WAREHOUSE"."MIRROR"."L_GENERATIONS" (ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, generation VARCHAR NOT NULL, ord NUMBER(19,0) NOT NULL, state VARCHAR NOT NULL, cleared BOOLEAN NOT NULL, updated_at TIMESTAMP_TZ(6) NOT NULL);

CREATE TABLE IF NOT EXISTS "WAREHOUSE"."MIRROR"."L_OFFSETS" (ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, generation VARCHAR NOT NULL, topic VARCHAR NOT NULL, part NUMBER(19,0) NOT NULL, last_offset NUMBER(19,0) NOT NULL);

INSERT INTO "WAREHOUSE"."MIRROR"."L_GENERATIONS" (ledger_id, target, generation, ord, state, cleared, updated_at) SELECT 'it''s mine', 'shop.orders', 'g1', 2, CASE WHEN (SELECT COUNT(*) FROM "WAREHOUSE"."MIRROR"."L_GENERATIONS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND ord > 2 AND state <> 'aborted') > 0 THEN 'superseded' ELSE 'open' END, FALSE, CURRENT_TIMESTAMP() FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM "WAREHOUSE"."MIRROR"."L_GENERATIONS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1');

UPDATE "WAREHOUSE"."MIRROR"."L_GENERATIONS" SET state = 'superseded', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND ord < (SELECT MAX(ord) FROM "WAREHOUSE"."MIRROR"."L_GENERATIONS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1') AND state IN ('open', 'ended');

INSERT INTO "WAREHOUSE"."MIRROR"."L_OFFSETS" (ledger_id, target, generation, topic, part, last_offset) SELECT 'it''s mine', 'shop.orders', 'g1', v.v_topic, v.v_part, v.v_last FROM (SELECT 'it''s.shop.orders' AS v_topic, 3 AS v_part, 7 AS v_last UNION ALL SELECT '' AS v_topic, -1 AS v_part, 5 AS v_last) AS v LEFT JOIN "WAREHOUSE"."MIRROR"."L_OFFSETS" AS o ON o.ledger_id = 'it''s mine' AND o.target = 'shop.orders' AND o.generation = 'g1' AND o.topic = v.v_topic AND o.part = v.v_part AND o.last_offset >= v.v_last WHERE o.topic IS NULL AND (SELECT COUNT(*) FROM "WAREHOUSE"."MIRROR"."L_GENERATIONS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1' AND state = 'open') > 0;

UPDATE "WAREHOUSE"."MIRROR"."L_GENERATIONS" SET state = 'ended', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1' AND state = 'open';

SELECT state FROM "WAREHOUSE"."MIRROR"."L_GENERATIONS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1';

SELECT target, generation, state, DATE_PART('EPOCH_MICROSECOND', CURRENT_TIMESTAMP()) - DATE_PART('EPOCH_MICROSECOND', updated_at) AS age FROM "WAREHOUSE"."MIRROR"."L_GENERATIONS" WHERE ledger_id = 'it''s mine' AND (state = 'ended' OR state IN ('superseded', 'aborted', 'done') AND NOT cleared) ORDER BY target, ord;

UPDATE "WAREHOUSE"."MIRROR"."L_GENERATIONS" SET state = 'done', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1' AND state = 'ended';

SELECT topic, part, MAX(last_offset) AS last_offset FROM "WAREHOUSE"."MIRROR"."L_OFFSETS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1' GROUP BY topic, part;

SELECT topic, part, next FROM "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders';

DELETE FROM "WAREHOUSE"."SHOP"."ORDERS" WHERE NOT EXISTS (SELECT 1 FROM "WAREHOUSE"."SHOP"."MILLRACE_GEN_90406EA029B4C1D2" AS s WHERE "WAREHOUSE"."SHOP"."ORDERS"."ID" = CAST(s."ID" AS NUMBER(10,0)) AND "WAREHOUSE"."SHOP"."ORDERS"."WEIRD T." = CAST(s."WEIRD T." AS VARCHAR));

MERGE INTO "WAREHOUSE"."SHOP"."ORDERS" AS t
USING "WAREHOUSE"."SHOP"."MILLRACE_GEN_90406EA029B4C1D2" AS s
ON t."ID" = CAST(s."ID" AS NUMBER(10,0)) AND t."WEIRD T." = CAST(s."WEIRD T." AS VARCHAR)
WHEN MATCHED AND (t."SELECT" IS DISTINCT FROM CAST(s."SELECT" AS VARCHAR) OR TO_JSON(t."TAGS") IS DISTINCT FROM TO_JSON(s."TAGS") OR t."AT" IS DISTINCT FROM CAST(s."AT" AS TIMESTAMP_NTZ(9)) OR t."RAW" IS DISTINCT FROM CAST(s."RAW" AS BINARY) OR t."DAY" IS DISTINCT FROM CAST(s."DAY" AS DATE) OR t."SIZE" IS DISTINCT FROM CAST(s."SIZE" AS FLOAT)) THEN UPDATE SET "SELECT" = CAST(s."SELECT" AS VARCHAR), "TAGS" = s."TAGS", "AT" = CAST(s."AT" AS TIMESTAMP_NTZ(9)), "RAW" = CAST(s."RAW" AS BINARY), "DAY" = CAST(s."DAY" AS DATE), "SIZE" = CAST(s."SIZE" AS FLOAT), "SYNCED" = CAST(s."SYNCED" AS TIMESTAMP_TZ(6))
WHEN NOT MATCHED THEN INSERT ("ID", "SELECT", "TAGS", "AT", "RAW", "DAY", "SIZE", "SYNCED", "WEIRD T.") VALUES (CAST(s."ID" AS NUMBER(10,0)), CAST(s."SELECT" AS VARCHAR), s."TAGS", CAST(s."AT" AS TIMESTAMP_NTZ(9)), CAST(s."RAW" AS BINARY), CAST(s."DAY" AS DATE), CAST(s."SIZE" AS FLOAT), CAST(s."SYNCED" AS TIMESTAMP_TZ(6)), CAST(s."WEIRD T." AS VARCHAR));

DELETE FROM "WAREHOUSE"."SHOP"."ORDERS";

INSERT INTO "WAREHOUSE"."SHOP"."ORDERS" ("ID", "SELECT", "TAGS", "AT", "RAW", "DAY", "SIZE")
SELECT CAST(s."ID" AS NUMBER(10,0)), CAST(s."SELECT" AS VARCHAR), s."TAGS", CAST(s."AT" AS TIMESTAMP_NTZ(9)), CAST(s."RAW" AS BINARY), CAST(s."DAY" AS DATE), CAST(s."SIZE" AS FLOAT) FROM "WAREHOUSE"."SHOP"."MILLRACE_GEN_90406EA029B4C1D2" AS s;

UPDATE "WAREHOUSE"."MIRROR"."L_GENERATIONS" SET state = 'aborted', updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1' AND state IN ('open', 'ended');

DELETE FROM "WAREHOUSE"."MIRROR"."L_OFFSETS" WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1';

UPDATE "WAREHOUSE"."MIRROR"."L_GENERATIONS" SET cleared = TRUE, updated_at = CURRENT_TIMESTAMP() WHERE ledger_id = 'it''s mine' AND target = 'shop.orders' AND generation = 'g1';
