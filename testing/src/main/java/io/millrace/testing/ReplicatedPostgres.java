package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * A primary and its streaming standby, always embedded: the standby begins as a copy of the primary's files. From
 * Postgres 15 on.
 */
public final class ReplicatedPostgres implements AutoCloseable {
    private static final String SLOT = "standby";

    private final PostgresServer primary;
    private final PostgresServer standby;

    private ReplicatedPostgres(PostgresServer primary, PostgresServer standby) {
        this.primary = primary;
        this.standby = standby;
    }

    /**
     * The standby follows the primary by a physical slot named {@code standby}, with {@code hot_standby_feedback} unless its
     * settings have that off.
     *
     * @param standby settings of the standby alone, for example {@code sync_replication_slots}
     */
    public static ReplicatedPostgres start(PostgresOptions primary, PostgresOptions standby) {
        Unprivileged user = Unprivileged.find();
        PostgresServer first = new EmbeddedPostgresServer(primary, user);
        try {
            BaseBackup backup = new BaseBackup(first, SLOT);
            PostgresOptions following = standby.with("primary_conninfo", backup.primaryAddress())
                    .with("primary_slot_name", SLOT)
                    .with("hot_standby_feedback", standby.settings().getOrDefault("hot_standby_feedback", "on"))
                    .with("wal_retrieve_retry_interval", "200ms");
            return new ReplicatedPostgres(first, new EmbeddedPostgresServer(following, user, backup));
        } catch (RuntimeException | Error e) {
            first.close();
            throw e;
        }
    }

    public PostgresServer primary() {
        return primary;
    }

    public PostgresServer standby() {
        return standby;
    }

    /** The standby gets nothing of the primary any more. Whoever reads a logical slot there is not cut off. */
    public void cut() {
        Path rules = Path.of(primary.queryOne("SHOW hba_file"));
        try {
            Files.writeString(rules, "host replication all all reject\n" + Files.readString(rules));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        primary.execute("SELECT pg_reload_conf()");
        Await.until("the primary refuses standbys", this::refusesStandbys);
        primary.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + SLOT
                + "' AND active");
        Await.until("the standby is cut off", () -> primary.queryOne(
                        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + SLOT + "' AND active")
                .equals("0"));
    }

    private boolean refusesStandbys() {
        Properties standby = new Properties();
        standby.setProperty("user", primary.user());
        standby.setProperty("password", primary.password());
        standby.setProperty("replication", "true");
        standby.setProperty("assumeMinServerVersion", "14");
        standby.setProperty("preferQueryMode", "simple");
        try (Connection connection = DriverManager.getConnection(primary.jdbcUrl(), standby)) {
            return connection.isClosed();
        } catch (SQLException e) {
            return "28000".equals(e.getSQLState());
        }
    }

    /** The standby becomes a primary. Returns when it takes writes. */
    public void promote() {
        standby.execute("SELECT pg_promote()");
    }

    @Override
    public void close() {
        standby.close();
        primary.close();
    }
}
