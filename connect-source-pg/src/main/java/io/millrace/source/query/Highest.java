package io.millrace.source.query;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Up to which value of the watermark a run may read: the low-water mark where the server's activity can be seen, and
 * behind the boundary where one is set. For one thread.
 */
final class Highest {
    private static final long PATIENCE_MILLIS = 1000;

    /** What a standby has replayed was committed by then; its own clock would say nothing about what is to come. */
    private static final String CLOCK = "SELECT (extract(epoch FROM CASE WHEN pg_catalog.pg_is_in_recovery()"
            + " THEN pg_catalog.pg_last_xact_replay_timestamp() ELSE clock_timestamp() END) * 1000000)::int8";

    private final MirrorSettings.Watermark settings;
    private final LowWater lowWater = new LowWater();

    Highest(MirrorSettings.Watermark settings) {
        this.settings = settings;
    }

    /**
     * How far a source is.
     *
     * @param to up to which value a run may read
     * @param seen what it would be without a boundary
     */
    record Reach(BigInteger to, BigInteger seen) {}

    /**
     * Null when there is nothing that may be read yet.
     *
     * @param session in autocommit; a snapshot taken afterwards shows all that has a value up to the one returned
     */
    @Nullable
    Reach find(Connection session, Shape.Column column) throws SQLException, InterruptedException {
        @Nullable BigInteger value = column.type().isInteger() ? highest(session, column) : null;
        if (column.type().isInteger() && value == null) {
            return null;
        }
        Long boundary = settings.boundary();
        if (!column.elsewhere() && LowWater.possible(session)) {
            LowWater.Point point = lowWater.settled(session, value, PATIENCE_MILLIS);
            return point == null
                    ? null
                    : column.type().isInteger()
                            ? behind(point.value(), boundary)
                            : ofTime(column.type(), point.micros(), boundary);
        }
        if (boundary == null) {
            throw new ConnectException("watermark.boundary: " + missing(column));
        }
        if (column.type().isInteger()) {
            return behind(value, boundary);
        }
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(CLOCK)) {
            row.next();
            long clock = row.getLong(1);
            return row.wasNull() ? null : ofTime(column.type(), clock, boundary);
        }
    }

    /** Whether only a boundary can say how far a run may read. */
    static boolean needsBoundary(Connection session, Shape.Column column) throws SQLException {
        return column.elsewhere() || !LowWater.possible(session);
    }

    /** What to do about a boundary that is not set. */
    static String missing(Shape.Column column) {
        return column.elsewhere()
                ? "has to be set: " + column.table()
                        + " is, or has below it, a foreign table or a materialised view, whose"
                        + " rows come from where this server knows of no transactions: give what the longest one there"
                        + " takes with what the clocks differ by, or the longest time between two refreshes, in"
                        + " milliseconds, or values of an integer column; or set mode=full"
                : "has to be set: this role does not see which transactions are open (a standby, no pg_read_all_stats, or"
                        + " track_activities off), so the mirror of " + column.table()
                        + " has to stay behind: give what"
                        + " the longest transaction takes, in milliseconds, or values of an integer column; or as superuser"
                        + " run: GRANT pg_read_all_stats TO the role";
    }

    private static @Nullable Reach behind(@Nullable BigInteger value, @Nullable Long boundary) {
        return value == null
                ? null
                : new Reach(boundary == null ? value : value.subtract(BigInteger.valueOf(boundary)), value);
    }

    private Reach ofTime(WatermarkType type, long micros, @Nullable Long boundary) {
        return new Reach(ofTime(type, before(micros, boundary)), ofTime(type, micros));
    }

    /** @param boundary milliseconds */
    static long before(long micros, @Nullable Long boundary) {
        return boundary == null ? micros : Math.subtractExact(micros, Math.multiplyExact(boundary, 1000L));
    }

    /** The highest value that no writer gives any more who begins at this time or later. */
    private BigInteger ofTime(WatermarkType type, long micros) {
        return switch (type) {
            case TIMESTAMP -> BigInteger.valueOf(local(micros));
            case DATE -> BigInteger.valueOf(Math.floorDiv(local(micros), 86_400_000_000L) - 1);
            case UUID_V7 -> WatermarkType.uuidBefore(micros);
            default -> BigInteger.valueOf(micros);
        };
    }

    private long local(long micros) {
        if (settings.zone() == null) {
            throw new ConnectException("watermark.timezone: has to be set for a watermark without time zone");
        }
        return LocalClock.settled(settings.zone(), micros);
    }

    static @Nullable BigInteger highest(Connection session, Shape.Column column) throws SQLException {
        String finite = column.type().finite(column.quoted());
        String query = "SELECT " + WatermarkType.asText(column.quoted()) + " FROM "
                + column.table().quoted() + " WHERE " + (finite.isEmpty() ? column.quoted() + " IS NOT NULL" : finite)
                + " ORDER BY " + column.quoted() + " DESC LIMIT 1";
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? column.type().parse(row.getString(1)) : null;
        }
    }
}
