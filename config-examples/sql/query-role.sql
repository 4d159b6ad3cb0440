-- Least privilege for the query source, run by the tables' owner or a superuser. The role writes nothing and needs no slot;
-- pg_read_all_stats shows it which transactions are open, and without that watermark.boundary has to be set.
-- Where tables have row-level security, it also needs BYPASSRLS: the connector refuses to be shown a part of a table.
CREATE ROLE millrace LOGIN PASSWORD 'change-me';
GRANT USAGE ON SCHEMA public TO millrace;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO millrace;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO millrace;
GRANT pg_read_all_stats TO millrace;
