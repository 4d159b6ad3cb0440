package io.millrace.sink.pg;

import io.millrace.sink.destination.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a copy in partitions that then take the place of the table's: nothing is written twice. The target is
 * partitioned, and what hangs on it stays; or it is a partition itself. What partitions have of their own is carried over:
 * columns, indexes, checks, owner, grants, comment, storage options, tablespace, replica identity; one that has more is
 * not exchanged.
 */
final class PartitionSwap {
    /** Behind the name of a table: its one partition, where the sink makes both. */
    static final String ONLY = "_rows";

    private final Connection connection;

    /**
     * What the catalog says of the target.
     *
     * @param key {@code RANGE (id)}, null for a table that is not partitioned
     * @param parent whose partition it is, null for none
     * @param bound its place there
     * @param referring a foreign key on it
     */
    private record Kind(
            @Nullable String key, @Nullable String parent, @Nullable String bound, @Nullable String referring) {}

    /** A partition. {@code bound} is null for a table that is partitioned itself. */
    private record Part(String table, String name, String schema, @Nullable String bound) {}

    PartitionSwap(Connection connection) {
        this.connection = connection;
    }

    /** A partitioned table of this name over the plain one that was made with {@link #ONLY} behind its name. */
    void create(TableId table, TableId only, List<String> columns) throws SQLException {
        String name = Sql.table(table);
        Ddl.run(
                connection,
                "CREATE TABLE " + name + " (LIKE " + Sql.table(only) + " INCLUDING ALL) PARTITION BY RANGE ("
                        + Sql.name(columns.get(0)) + "); ALTER TABLE " + name + " ATTACH PARTITION " + Sql.table(only)
                        + " DEFAULT");
    }

    /** Why the partitions of a table cannot be exchanged, and what to do; null when they can. */
    @Nullable
    String refusal(String target) throws SQLException {
        Kind kind = kind(target);
        if (kind.referring != null) {
            return "the foreign key \"" + kind.referring + "\" refers to it; use diff";
        }
        if (kind.key == null) {
            return kind.parent == null
                    ? "it is neither partitioned nor a partition; use diff, or make it a partitioned table"
                    : own(List.of(part(target)));
        }
        List<Part> parts = parts(target);
        return parts.stream()
                .filter(part -> part.bound == null)
                .findFirst()
                .map(part -> "its partition " + part.table + " is partitioned again; use diff")
                .orElse(own(parts));
    }

    /** What partitions have of their own, not through their parent, and would lose; null for nothing. */
    private @Nullable String own(List<Part> parts) throws SQLException {
        if (parts.isEmpty()) {
            return null;
        }
        String among =
                " IN (" + parts.stream().map(part -> regclass(part.table)).collect(Collectors.joining(", ")) + ")";
        List<String> found =
                strings("SELECT format('its partition %s has %s, which would be lost; use diff', c::regclass, what)"
                        + " FROM (SELECT oid, 'row security or a policy' FROM pg_class c WHERE oid" + among
                        + " AND (relrowsecurity OR EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))"
                        + " UNION ALL SELECT oid, 'an index as its replica identity' FROM pg_class WHERE relreplident = 'i' AND oid"
                        + among + " UNION ALL SELECT tgrelid, format('the trigger %I', tgname) FROM pg_trigger"
                        + " WHERE NOT tgisinternal AND tgparentid = 0 AND tgrelid" + among
                        + " UNION ALL SELECT ev_class, format('the rule %I', rulename) FROM pg_rewrite WHERE ev_class"
                        + among
                        + " UNION ALL SELECT prrelid, format('the publication %I', pubname) FROM pg_publication_rel"
                        + " JOIN pg_publication p ON p.oid = prpubid WHERE prrelid" + among
                        + " UNION ALL SELECT conrelid, format('the foreign key %I', conname) FROM pg_constraint"
                        + " WHERE contype = 'f' AND conparentid = 0 AND conrelid" + among
                        + ") AS own (c, what) ORDER BY 1 LIMIT 1");
        return found.isEmpty() ? null : found.get(0);
    }

    /** A foreign key on the table, null for none. */
    @Nullable
    String referring(String target) throws SQLException {
        return kind(target).referring;
    }

    /**
     * The place where a copy is gathered, with the target's indexes. Safe for several tasks at once.
     *
     * @throws ConnectException for a target whose partitions cannot be exchanged
     */
    void gather(String target, String staging) throws SQLException {
        if (strings("SELECT 1 WHERE to_regclass(" + Sql.text(staging) + ") IS NOT NULL")
                        .size()
                > 0) {
            return;
        }
        String refusal = refusal(target);
        if (refusal != null) {
            throw new ConnectException("Table " + target + " cannot be replaced with " + OverwriteSettings.STRATEGY
                    + "=partition: " + refusal);
        }
        Kind kind = kind(target);
        List<String> sql = new ArrayList<>();
        if (kind.key == null) {
            sql.add(twin(staging, target));
        } else {
            sql.add("CREATE TABLE " + staging + " (LIKE " + target
                    + " INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING INDEXES INCLUDING STORAGE) PARTITION BY "
                    + kind.key);
            int number = 0;
            for (Part part : parts(target)) {
                String twin = staging.substring(0, staging.length() - 1) + "_" + number++ + '"';
                sql.add(twin(twin, part.table));
                sql.add("ALTER TABLE " + staging + " ATTACH PARTITION " + twin + " " + part.bound);
            }
        }
        Ddl.run(connection, String.join("; ", sql));
    }

    private String twin(String name, String of) throws SQLException {
        List<String> tablespace =
                strings("SELECT format(' TABLESPACE %I', spcname) FROM pg_class c JOIN pg_tablespace s"
                        + " ON s.oid = c.reltablespace WHERE c.oid = " + regclass(of));
        return "CREATE TABLE " + name + " (LIKE " + of + " INCLUDING ALL EXCLUDING IDENTITY)"
                + String.join("", tablespace);
    }

    /**
     * In the transaction at hand: the gathered partitions take the place of the table's.
     *
     * @return false when the target's partitions are not those any more that it had when the copy began
     */
    boolean swap(String target, String staging) throws SQLException {
        Kind kind = kind(target);
        if (kind.key == null) {
            return kind.parent != null && swapOne(target, staging, kind.parent, String.valueOf(kind.bound));
        }
        execute("LOCK TABLE " + target + " IN ACCESS EXCLUSIVE MODE");
        List<Part> old = parts(target);
        List<Part> gathered = parts(staging);
        List<@Nullable String> bounds = gathered.stream().map(Part::bound).toList();
        if (!old.stream().map(Part::bound).toList().equals(bounds) || own(old) != null) {
            return false;
        }
        for (int i = 0; i < old.size(); i++) {
            execute("ALTER TABLE " + target + " DETACH PARTITION " + old.get(i).table);
            execute("ALTER TABLE " + staging + " DETACH PARTITION " + gathered.get(i).table);
        }
        // The default one comes last in this order: it would be searched for rows of each of the others.
        for (int i = 0; i < old.size(); i++) {
            String part = takePlace(old.get(i), gathered.get(i));
            execute("ALTER TABLE " + target + " ATTACH PARTITION " + part + " " + old.get(i).bound);
        }
        return true;
    }

    private boolean swapOne(String target, String staging, String parent, String bound) throws SQLException {
        execute("LOCK TABLE " + parent + " IN ACCESS EXCLUSIVE MODE");
        if (own(List.of(part(target))) != null) {
            return false;
        }
        execute("ALTER TABLE " + parent + " DETACH PARTITION " + target);
        String part = takePlace(part(target), part(staging));
        execute("ALTER TABLE " + parent + " ATTACH PARTITION " + part + " " + bound);
        return true;
    }

    /** Drops a detached partition and gives its name, and who may do what to it, to another table. */
    private String takePlace(Part old, Part twin) throws SQLException {
        List<String> carried = strings("SELECT format('GRANT %s ON %s TO %s%s', a.privilege_type, c.oid::regclass,"
                + " CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,"
                + " CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
                + " FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = " + regclass(old.table)
                + " AND a.grantee <> c.relowner UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type,"
                + " t.attname, c.oid::regclass, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,"
                + " CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)"
                + " FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a"
                + " WHERE c.oid = " + regclass(old.table)
                + " AND a.grantee <> c.relowner UNION ALL SELECT format('ALTER TABLE %s SET (%s)', c.oid::regclass,"
                + " (SELECT string_agg(format('%I = %L', option_name, option_value), ', ')"
                + " FROM pg_options_to_table(c.reloptions))) FROM pg_class c WHERE c.reloptions IS NOT NULL AND c.oid = "
                + regclass(old.table)
                + " UNION ALL SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', c.oid::regclass,"
                + " CASE c.relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)"
                + " FROM pg_class c WHERE c.relreplident IN ('f', 'n') AND c.oid = " + regclass(old.table)
                + " UNION ALL SELECT format('COMMENT ON TABLE %s IS %L', c.oid::regclass, d)"
                + " FROM pg_class c, obj_description(c.oid, 'pg_class') d WHERE d IS NOT NULL AND c.oid = "
                + regclass(old.table)
                + " UNION ALL SELECT format('ALTER TABLE %s OWNER TO %s', c.oid::regclass, c.relowner::regrole)"
                + " FROM pg_class c WHERE c.oid = " + regclass(old.table)
                + " AND c.relowner <> (SELECT relowner FROM pg_class WHERE oid = " + regclass(twin.table) + ")");
        execute("COMMENT ON TABLE " + twin.table + " IS NULL");
        execute("DROP TABLE " + old.table);
        if (!twin.schema.equals(old.schema)) {
            execute("ALTER TABLE " + twin.table + " SET SCHEMA " + old.schema);
        }
        execute("ALTER TABLE " + old.schema + "." + Sql.name(twin.name) + " RENAME TO " + Sql.name(old.name));
        for (String each : carried) {
            execute(each);
        }
        return old.schema + "." + Sql.name(old.name);
    }

    private Kind kind(String target) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,"
                                + " (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid AND c.relispartition),"
                                + " pg_get_expr(c.relpartbound, c.oid),"
                                + " (SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = c.oid LIMIT 1)"
                                + " FROM pg_class c WHERE c.oid = " + regclass(target))) {
            row.next();
            return new Kind(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
        }
    }

    private Part part(String table) throws SQLException {
        return read("SELECT c.oid::regclass::text, c.relname, c.relnamespace::regnamespace::text, ''"
                        + " FROM pg_class c WHERE c.oid = " + regclass(table))
                .get(0);
    }

    /** In the order of their bounds, which two tables with the same partitions have in common; the default one last. */
    private List<Part> parts(String table) throws SQLException {
        return read("SELECT c.oid::regclass::text, c.relname, c.relnamespace::regnamespace::text,"
                + " CASE WHEN c.relkind = 'r' THEN pg_get_expr(c.relpartbound, c.oid) END AS bound"
                + " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = " + regclass(table)
                + " ORDER BY pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', bound");
    }

    private List<Part> read(String sql) throws SQLException {
        List<Part> parts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                parts.add(new Part(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
            }
        }
        return parts;
    }

    private List<String> strings(String sql) throws SQLException {
        return Statements.strings(connection, sql);
    }

    private void execute(String sql) throws SQLException {
        Statements.execute(connection, sql);
    }

    private static String regclass(String table) {
        return Sql.text(table) + "::regclass";
    }
}
