-- Least privilege in the source, run by the tables' owner or a superuser. The role may replicate and read, nothing else:
-- the publication is made here, and the connector has publication.autocreate.mode=disabled.
-- Where tables have row-level security, it also needs BYPASSRLS: the connector refuses to be shown a part of a table.
CREATE ROLE millrace LOGIN REPLICATION PASSWORD 'change-me'; -- on Amazon RDS without REPLICATION, then: GRANT rds_replication TO millrace
GRANT USAGE ON SCHEMA public TO millrace;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO millrace;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO millrace;
CREATE PUBLICATION millrace_shop FOR ALL TABLES WITH (publish_via_partition_root = true);
