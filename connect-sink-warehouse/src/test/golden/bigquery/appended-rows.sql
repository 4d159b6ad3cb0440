BEGIN TRANSACTION;

UPDATE `my-project`.`mirror`.`millrace_ledger_8d4fb8a552439bd8` AS l SET next = v.upto, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, committed_at = v.committed, updated_at = CURRENT_TIMESTAMP()
FROM (SELECT w.* FROM (SELECT 'shop.orders' AS target, 'it\'s.shop.orders' AS topic, 3 AS part, 5 AS since, 9 AS upto, 2 AS epoch, 8 AS o, 1700 AS ts, 42 AS h, TIMESTAMP_MICROS(1700000) AS committed) AS w JOIN `my-project`.`mirror`.`millrace_ledger` AS c ON c.target = w.target AND c.topic = w.topic AND c.part = w.part AND c.epoch = w.epoch WHERE c.ledger_id = 'it\'s mine') AS v
WHERE l.ledger_id = 'it\'s mine' AND l.target = v.target AND l.topic = v.topic AND l.part = v.part AND l.next = v.since;

ASSERT @@row_count = 1 AS 'millrace fenced';

INSERT INTO `my-project`.`shop`.`orders` (`id`, `select`, `tags`, `at`, `_millrace_order`)
SELECT s.c0, CASE WHEN s.l IN (0) THEN s.c1 ELSE NULL END, CASE WHEN s.l IN (0) THEN s.c2 ELSE NULL END, s.c3, CAST(UNIX_MICROS(CURRENT_TIMESTAMP()) AS NUMERIC) * 1000000000 + CAST(s.n AS NUMERIC)
FROM (SELECT n, k, l, TIMESTAMP_MICROS(m) AS m, c0 AS c0, c1 AS c1, PARSE_JSON(c2, wide_number_mode=>'exact') AS c2, DATETIME(TIMESTAMP_MICROS(c3)) AS c3 FROM `my-project`.`millrace_staging`.`millrace_1`) AS s;

COMMIT TRANSACTION;
