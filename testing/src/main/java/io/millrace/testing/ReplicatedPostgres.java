package io.millrace.testing;

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
