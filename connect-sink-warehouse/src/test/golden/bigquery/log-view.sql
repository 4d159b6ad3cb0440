CREATE OR REPLACE VIEW `my-project`.`shop`.`orders` AS
SELECT `id`, `select`, `tags`, `at`
FROM (SELECT `id`, FIRST_VALUE(`select`) OVER (PARTITION BY `id` ORDER BY CASE WHEN STRPOS(TO_JSON_STRING(`__unchanged`), '"select"') > 0 THEN 1 ELSE 0 END, `_millrace_order` DESC) AS `select`, FIRST_VALUE(`tags`) OVER (PARTITION BY `id` ORDER BY CASE WHEN STRPOS(TO_JSON_STRING(`__unchanged`), '"tags"') > 0 THEN 1 ELSE 0 END, `_millrace_order` DESC) AS `tags`, FIRST_VALUE(`at`) OVER (PARTITION BY `id` ORDER BY CASE WHEN STRPOS(TO_JSON_STRING(`__unchanged`), '"at"') > 0 THEN 1 ELSE 0 END, `_millrace_order` DESC) AS `at`, `__op` AS _millrace_operation, ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `_millrace_order` DESC) AS _millrace_row
  FROM `my-project`.`shop`.`orders_log`
  WHERE `_millrace_order` > COALESCE((SELECT MAX(`_millrace_order`) FROM `my-project`.`shop`.`orders_log` WHERE `__op` = 't'), -1)) AS v
WHERE _millrace_row = 1 AND _millrace_operation <> 'd';
