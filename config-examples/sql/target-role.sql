-- Least privilege in the target. The sink makes the tables and owns them; its ledger lives beside them.
CREATE ROLE millrace LOGIN PASSWORD 'change-me';
GRANT USAGE, CREATE ON SCHEMA public TO millrace;
