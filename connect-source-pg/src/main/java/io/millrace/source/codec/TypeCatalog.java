package io.millrace.source.codec;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code pg_type} by OID as of one moment: read whole by two queries however many types there are. */
final class TypeCatalog {
    private static final String QUERY =
            """
            SELECT t.oid::int8, n.nspname, t.typname, t.typtype, t.typdelim,
                   t.typinput = 'pg_catalog.array_in'::pg_catalog.regproc,
                   t.typelem::int8, t.typbasetype::int8, t.typnotnull, t.typndims, t.typsend <> 0,
                   concat_ws(' ', o.prosrc, s.prosrc), coalesce(a.types, r.types, m.types)
            FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_catalog.pg_proc o ON o.oid = t.typoutput
            LEFT JOIN pg_catalog.pg_proc s ON s.oid = t.typsend
            LEFT JOIN (SELECT attrelid, array_agg(atttypid::int8 ORDER BY attnum) AS types
                       FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped GROUP BY attrelid) a
                   ON t.typtype = 'c' AND a.attrelid = t.typrelid
            LEFT JOIN (SELECT rngtypid, ARRAY[rngsubtype::int8] AS types FROM pg_catalog.pg_range) r
                   ON r.rngtypid = t.oid
            LEFT JOIN (SELECT rngmultitypid, ARRAY[rngtypid::int8] AS types FROM pg_catalog.pg_range) m
                   ON m.rngmultitypid = t.oid
            """;

    /** Digits behind the point of money's smallest unit, by {@code lc_monetary}. */
    private static final String MONEY = "SELECT pg_catalog.scale(0::money::numeric)";

    private final Map<Integer, TypeDescription> types;
    private final int moneyScale;
    private final TextForms forms;

    private TypeCatalog(Map<Integer, TypeDescription> types, int moneyScale) {
        this.types = types;
        this.moneyScale = moneyScale;
        this.forms = new TextForms(types::get);
    }

    static TypeCatalog load(Connection connection) throws SQLException {
        Map<Integer, TypeDescription> types = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(QUERY);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                TypeDescription type = read(rows);
                types.put(type.oid(), type);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(MONEY);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new TypeCatalog(types, row.getInt(1));
        }
    }

    /** How the type's text is told from its binary form, if it can be. */
    Optional<TextForm> form(int oid) {
        return forms.of(oid);
    }

    /** How many digits of money, an integer in binary form, are behind the point. */
    int moneyScale() {
        return moneyScale;
    }

    @Nullable
    TypeDescription find(int oid) {
        return types.get(oid);
    }

    /**
     * Whether the server can send the type in binary: it and every type inside it must have an output function for it.
     * A type without one fails a COPY and makes a replication slot stick at the row.
     */
    boolean sendable(int oid) {
        return sendable(oid, new HashSet<>());
    }

    private boolean sendable(int oid, Set<Integer> seen) {
        if (!seen.add(oid)) {
            return true;
        }
        TypeDescription type = types.get(oid);
        if (type == null || !type.sendable()) {
            return false;
        }
        if (type.element() != 0 && !sendable(type.element(), seen)) {
            return false;
        }
        if (type.base() != 0 && !sendable(type.base(), seen)) {
            return false;
        }
        for (int part : type.parts()) {
            if (!sendable(part, seen)) {
                return false;
            }
        }
        return true;
    }

    private static TypeDescription read(ResultSet row) throws SQLException {
        return new TypeDescription(
                (int) row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4).charAt(0),
                row.getString(5).charAt(0),
                row.getBoolean(6),
                (int) row.getLong(7),
                (int) row.getLong(8),
                row.getBoolean(9),
                row.getInt(10),
                row.getBoolean(11),
                row.getString(12),
                parts(row.getArray(13)));
    }

    private static List<Integer> parts(@Nullable Array oids) throws SQLException {
        if (oids == null) {
            return List.of();
        }
        List<Integer> parts = new ArrayList<>();
        for (Long oid : (Long[]) oids.getArray()) {
            parts.add(oid.intValue());
        }
        return List.copyOf(parts);
    }
}
