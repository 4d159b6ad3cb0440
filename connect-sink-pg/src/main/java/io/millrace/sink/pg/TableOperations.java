package io.millrace.sink.pg;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.destination.Operations;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.destination.UnknownTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;

/** Operators' requests, in rows of the ledger. */
final class TableOperations implements Operations {
    private final Session session;
    private final LedgerTable ledger;

    TableOperations(Session session, LedgerTable ledger) {
        this.session = session;
        this.ledger = ledger;
    }

    @Override
    public boolean resync(TableId table, String token) {
        ledger.create();
        Sql.checkTable(table);
        Ledger statements = ledger.statements();
        try (Statement statement = session.open().connection().createStatement()) {
            statement.execute("BEGIN");
            boolean fresh;
            try (ResultSet row = statement.executeQuery(statements.resync(table, token))) {
                fresh = row.next();
            }
            if (fresh) {
                if (statement.executeUpdate(statements.restart(table)) == 0) {
                    List<String> known = Statements.strings(session.open().connection(), statements.ownTargets());
                    session.rollback();
                    throw new UnknownTable(table, known);
                }
                refuseTies(table);
                statement.execute(empty(Sql.table(table)));
            }
            statement.execute("COMMIT");
            return fresh;
        } catch (SQLException e) {
            throw session.failed("Table " + table + " cannot be emptied to be read again", e);
        }
    }

    /** Its rows come back, those of other people's tables that go or change with them would not. */
    private void refuseTies(TableId table) throws SQLException {
        if (session.isReplica()) {
            return;
        }
        List<String> ties = Statements.strings(
                session.open().connection(),
                "SELECT format('%I of table %s', conname, conrelid::regclass) FROM pg_constraint WHERE contype = 'f'"
                        + " AND confrelid = to_regclass(" + Sql.text(Sql.table(table))
                        + ") AND conrelid <> confrelid AND confdeltype IN ('c', 'n', 'd') ORDER BY 1");
        if (!ties.isEmpty()) {
            session.rollback();
            throw new ConnectException(
                    "Table " + table + " is not emptied to be read again (" + SinkConfig.TABLES_RESYNC
                            + "): the foreign keys " + String.join(", ", ties)
                            + " would delete or change rows there with its own. Set "
                            + PostgresSinkConfig.SESSION_REPLICATION_ROLE
                            + "=replica, which leaves those rows alone, or drop the keys for the time");
        }
    }

    /** Where it may not be truncated, because of the role or of foreign keys, its rows are deleted. */
    private static String empty(String table) {
        return "DO "
                + Sql.text("BEGIN IF to_regclass(" + Sql.text(table) + ") IS NOT NULL THEN BEGIN TRUNCATE " + table
                        + "; EXCEPTION WHEN insufficient_privilege OR feature_not_supported THEN DELETE FROM " + table
                        + "; END; END IF; END");
    }

    @Override
    public Set<TopicPartition> added(Set<TopicPartition> partitions, boolean accept) {
        ledger.create();
        Ledger statements = ledger.statements();
        Set<TopicPartition> added = new HashSet<>();
        try (Statement statement = session.open().connection().createStatement()) {
            statement.execute(statements.know(partitions));
            if (accept) {
                statement.execute(statements.accept(partitions));
            }
            try (ResultSet rows = statement.executeQuery(statements.added(partitions))) {
                while (rows.next()) {
                    added.add(new TopicPartition(rows.getString(1), rows.getInt(2)));
                }
            }
            return added;
        } catch (SQLException e) {
            throw session.failed("The partitions " + partitions + " cannot be noted in the ledger", e);
        }
    }

    @Override
    public Set<String> incomplete() {
        ledger.create();
        Set<String> topics = new HashSet<>();
        try (Statement statement = session.open().connection().createStatement();
                ResultSet rows = statement.executeQuery(ledger.statements().incomplete())) {
            while (rows.next()) {
                topics.add(rows.getString(1));
            }
            return topics;
        } catch (SQLException e) {
            throw session.failed("The topics in the ledger cannot be read", e);
        }
    }

    @Override
    public void complete(Set<String> topics, int task, int tasks) {
        note("The topics " + topics + " cannot be noted", ledger.statements().complete(topics, task, tasks));
    }

    @Override
    public void forget(String topic) {
        note("Topic " + topic + " cannot be forgotten", ledger.statements().forget(topic));
    }

    private void note(String doing, String sql) {
        ledger.create();
        try (Statement statement = session.open().connection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw session.failed(doing, e);
        }
    }

    @Override
    public boolean show(TableId table, Set<TopicPartition> partitions, State state, String reason) {
        String word = state == State.ACTIVE ? null : state.name().toLowerCase(Locale.ROOT);
        try (Statement statement = session.open().connection().createStatement()) {
            return statement.executeUpdate(ledger.statements().show(table, partitions, word, reason)) > 0;
        } catch (SQLException e) {
            throw session.failed("The state of table " + table + " cannot be shown", e);
        }
    }
}
