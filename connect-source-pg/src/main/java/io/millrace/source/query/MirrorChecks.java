package io.millrace.source.query;

import io.millrace.source.catalog.CatalogColumn;
import io.millrace.source.catalog.Identifier;
import io.millrace.source.catalog.RowSecurity;
import io.millrace.source.catalog.TableFilter;
import io.millrace.source.query.MirrorSettings.Late;
import io.millrace.source.query.MirrorSettings.Watermark;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;

/** Compares a mirror's settings with the live source. Reads only, and no rows. */
public final class MirrorChecks {
    private static final long MOST_MILLIS = 100 * 366 * 86_400_000L;

    private final Connection session;
    private final MirrorSettings settings;
    private final Findings findings;

    /** Takes a finding: the key that has to change, and what to do. */
    @FunctionalInterface
    public interface Findings {
        void error(String key, String message);
    }

    public MirrorChecks(Connection session, MirrorSettings settings, Findings findings) {
        this.session = session;
        this.settings = settings;
        this.findings = findings;
    }

    /**
     * @param columns which of them are carried
     * @param repeats whether rows may come twice though they have no key
     */
    public void run(TableFilter columns, boolean repeats) throws SQLException {
        Shape shape;
        try {
            shape = new Shapes(session).find(settings);
        } catch (ConnectException e) {
            String message = String.valueOf(e.getMessage());
            int colon = message.indexOf(": ");
            findings.error(message.substring(0, Math.max(0, colon)), message.substring(colon + 2));
            return;
        } catch (SQLException e) {
            if (settings.query() == null) {
                throw e;
            }
            findings.error("query", "the server does not take it: " + e.getMessage() + help(e));
            return;
        }
        List<String> names = shape.columns().stream().map(CatalogColumn::name).toList();
        List<String> key = settings.key(shape);
        List<String> carried = names.stream()
                .filter(name -> columns.includes(shape.table().id(), name))
                .toList();
        for (String name : key) {
            if (!carried.contains(name)) {
                findings.error(
                        "column.exclude.list", settings.table() + "." + name + " is of the key and cannot be left out");
            }
        }
        readable(shape, carried);
        Watermark watermark = settings.watermark();
        if (watermark != null) {
            if (watermark.xmin()) {
                xmin(shape, !key.isEmpty(), repeats);
            } else {
                watermark(shape, watermark);
                if (watermark.late() == Late.REDELIVER && key.isEmpty() && !repeats) {
                    findings.error(
                            "watermark.late.rows",
                            "rows would come twice, and " + settings.table() + " has no key to upsert them by: set"
                                    + " message.key.columns, or repeats.accepted=true");
                }
                if (LateLooks.lacksKey(settings, shape)) {
                    findings.error(
                            "watermark.late.rows",
                            "the server does not seem to give out the values of " + watermark.column()
                                    + " in order, and"
                                    + " without a key rows that come with one of the past are not looked for: set"
                                    + " message.key.columns; or watermark.boundary, which leaves time for them; or ignore,"
                                    + " if there are none; or redeliver with repeats.accepted=true");
                }
            }
        }
    }

    /** @throws ConnectException when a mirror could not go on from this offset */
    public static void offset(Connection session, MirrorSettings settings, Map<String, ?> offset) throws SQLException {
        Watermark watermark = settings.watermark();
        Shape.Column column = new Shapes(session).find(settings).watermark();
        try {
            MirrorState state = MirrorState.of(
                    watermark == null ? "" : watermark.column(), column == null ? null : column.type(), offset);
            if (column != null
                    && state.mark() == null
                    && state.run() != null
                    && state.run().again()) {
                throw new IllegalArgumentException(
                        "\"run.again\" reads again what \"watermark\" says has been read:" + " give that too");
            }
        } catch (IllegalArgumentException e) {
            throw new ConnectException("mirror " + settings.name() + ": " + e.getMessage(), e);
        }
    }

    /** The server checks privileges and names without running it. */
    private void readable(Shape shape, List<String> carried) throws SQLException {
        boolean byXmin = settings.watermark() != null && settings.watermark().xmin();
        String plain = "EXPLAIN SELECT "
                + Stream.concat(
                                carried.stream().map(Identifier::quoted),
                                byXmin && shape.stored().isEmpty() ? Stream.of("xmin") : Stream.of())
                        .collect(Collectors.joining(", "))
                + " FROM " + shape.everything();
        String key = settings.query() == null ? "table" : "query";
        if (!explains(plain, key) || settings.rowFilter() == null) {
            return;
        }
        explains(plain + " WHERE (" + settings.rowFilter() + "\n)", "row.filter");
    }

    private boolean explains(String query, String key) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(query);
            return true;
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (!state.startsWith("42") && !state.startsWith("22")) {
                throw e;
            }
            findings.error(key, "cannot be read: " + e.getMessage() + help(e));
            return false;
        }
    }

    private String help(SQLException e) throws SQLException {
        if (RowSecurity.refused(e)) {
            return "; " + RowSecurity.remedy(session.getMetaData().getUserName());
        }
        return "42501".equals(e.getSQLState()) ? "; the role needs USAGE on the schema and SELECT" : "";
    }

    private void xmin(Shape shape, boolean keyed, boolean repeats) {
        char kind = shape.table().kind();
        if (kind == 'v' || kind == 'f') {
            findings.error(
                    "watermark.column",
                    settings.table() + " is a " + (kind == 'v' ? "view" : "foreign table")
                            + ", which has no xmin: give a column of it, or set mode=full");
        }
        if (!keyed && !repeats) {
            findings.error(
                    "watermark.column",
                    "by xmin some rows come twice, and " + settings.table() + " has no key to upsert them by: set"
                            + " message.key.columns, or repeats.accepted=true to append them twice");
        }
    }

    private void watermark(Shape shape, Watermark watermark) throws SQLException {
        Shape.Column column = shape.watermark();
        if (column == null) {
            return;
        }
        if (column.type().isLocal() && watermark.zone() == null) {
            findings.error(
                    "watermark.timezone",
                    "has to be set: " + column.table() + "." + column.name() + " has no time zone, so say in which its"
                            + " values are written (TimeZone of the writing sessions), such as UTC");
        }
        if (watermark.boundary() == null && Highest.needsBoundary(session, column)) {
            findings.error("watermark.boundary", Highest.missing(column));
        }
        if (watermark.boundary() != null && !column.type().isInteger() && watermark.boundary() > MOST_MILLIS) {
            findings.error(
                    "watermark.boundary", watermark.boundary() + " milliseconds are more than a hundred years ago");
        }
        String start = watermark.start();
        if (!start.isEmpty() && !start.equals(FirstValue.NOW) && !start.equals(FirstValue.TARGET)) {
            try {
                column.type().parse(start);
            } catch (IllegalArgumentException e) {
                findings.error("watermark.start", e.getMessage() + ", now, or target");
            }
        }
    }
}
