-- A user for the warehouse sink with warehouse.type=clickhouse: run as an administrator. Names and password are examples.
CREATE DATABASE IF NOT EXISTS millrace;
CREATE DATABASE IF NOT EXISTS public;
CREATE USER IF NOT EXISTS millrace IDENTIFIED WITH sha256_password BY 'change-me';
-- The ledger, and tables in which rows wait.
GRANT SELECT, INSERT, CREATE TABLE, DROP TABLE, ALTER DELETE, ALTER UPDATE ON millrace.* TO millrace;
-- Target tables and views, one line for each database (a schema of the source, unless table.name.format says otherwise).
-- ALTER TABLE is for schema.evolution, DROP and EXCHANGE for insert.mode=overwrite.
GRANT SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, ALTER TABLE, ALTER DELETE, ALTER UPDATE ON public.* TO millrace;
-- Only where the sink is to make databases itself.
-- GRANT CREATE DATABASE ON *.* TO millrace;
-- The catalog, which shows a user what it has grants on.
GRANT SELECT ON system.tables TO millrace;
GRANT SELECT ON system.columns TO millrace;
GRANT SELECT ON system.databases TO millrace;
GRANT SELECT ON system.merge_tree_settings TO millrace;
