package io.millrace.sink.pg;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** The type to create for a source column: the source's own where it is built in, as exact as the source tells it. */
final class ColumnTypes {
    private static final int MAX_PRECISION = 1000;
    private static final int MAX_VARCHAR = 10_485_760;
    private static final int MICROS = 6;

    /** The source's names, upper case, for types that are made without a modifier. */
    private static final Map<String, String> PLAIN = Map.ofEntries(
            Map.entry("BOOL", "boolean"),
            Map.entry("INT2", "smallint"),
            Map.entry("SMALLSERIAL", "smallint"),
            Map.entry("INT4", "integer"),
            Map.entry("SERIAL", "integer"),
            Map.entry("INT8", "bigint"),
            Map.entry("BIGSERIAL", "bigint"),
            Map.entry("FLOAT4", "real"),
            Map.entry("FLOAT8", "double precision"),
            Map.entry("BYTEA", "bytea"),
            Map.entry("TIMETZ", "timetz"),
            Map.entry("TIMESTAMPTZ", "timestamptz"));

    /** Built in under the same name. */
    private static final Set<String> SAME = Set.of(
            "TEXT",
            "NAME",
            "DATE",
            "INTERVAL",
            "UUID",
            "JSON",
            "JSONB",
            "XML",
            "INET",
            "CIDR",
            "MACADDR",
            "MACADDR8",
            "MONEY",
            "OID",
            "POINT",
            "LINE",
            "LSEG",
            "BOX",
            "PATH",
            "POLYGON",
            "CIRCLE",
            "TSVECTOR",
            "TSQUERY",
            "PG_LSN",
            "INT4RANGE",
            "INT8RANGE",
            "NUMRANGE",
            "TSRANGE",
            "TSTZRANGE",
            "DATERANGE",
            "INT4MULTIRANGE",
            "INT8MULTIRANGE",
            "NUMMULTIRANGE",
            "TSMULTIRANGE",
            "TSTZMULTIRANGE",
            "DATEMULTIRANGE",
            "TXID_SNAPSHOT",
            "PG_SNAPSHOT",
            "JSONPATH");

    private ColumnTypes() {}

    /** The built-in type, null when the source does not tell one that is. */
    static @Nullable String builtIn(SourceColumn column) {
        SourceType type = column.type();
        return type == null ? null : builtIn(type, column.schema());
    }

    private static @Nullable String builtIn(SourceType type, Schema schema) {
        String name = type.name();
        if (name.startsWith("_")) {
            Schema element = schema.type() == Schema.Type.ARRAY ? schema.valueSchema() : schema;
            String inner = builtIn(new SourceType(name.substring(1), type.length(), type.scale()), element);
            return inner == null ? null : inner + "[]";
        }
        String plain = PLAIN.get(name);
        if (plain != null && !name.startsWith("TIME")) {
            return plain;
        }
        if (SAME.contains(name)) {
            return name.toLowerCase(java.util.Locale.ROOT);
        }
        return switch (name) {
            case "NUMERIC", "DECIMAL" -> numeric(type);
            case "VARCHAR" -> sized("varchar", type.length());
            case "BPCHAR" -> sized("char", type.length());
            // "char", of one byte: text holds it, and shows it the same.
            case "CHAR" -> type.length() > 1 ? sized("char", type.length()) : "text";
            case "BIT" -> sized("bit", type.length());
            case "VARBIT" -> sized("varbit", type.length());
            case "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ" ->
                precise(name.toLowerCase(java.util.Locale.ROOT), type.scale(), schema);
            default -> null;
        };
    }

    /** What the staged type becomes where the source tells nothing: assumed, and the log says so. */
    static String assumed(SourceColumn column, String form) {
        Map<String, String> parameters = column.schema().parameters();
        String scale = parameters == null ? null : parameters.get("scale");
        String precision = parameters == null ? null : parameters.get("connect.decimal.precision");
        if (form.equals("numeric") && scale != null && precision != null) {
            return "numeric(" + Integer.parseInt(precision) + "," + Integer.parseInt(scale) + ")";
        }
        if (form.equals("text[]") && column.schema().type() == Schema.Type.MAP) {
            return "jsonb";
        }
        if (form.equals("text")
                && "io.debezium.time.Interval".equals(column.schema().name())) {
            return "interval";
        }
        return form;
    }

    private static String numeric(SourceType type) {
        boolean bounded = type.length() > 0 && type.length() <= MAX_PRECISION;
        return bounded ? "numeric(" + type.length() + "," + Math.max(0, type.scale()) + ")" : "numeric";
    }

    private static String sized(String name, int length) {
        return length > 0 && length <= MAX_VARCHAR ? name + "(" + length + ")" : name.equals("bit") ? "varbit" : name;
    }

    /** A precision below microseconds, unless the schema says that values are finer. */
    private static String precise(String name, int scale, Schema schema) {
        String meaning = schema.name() == null ? "" : schema.name();
        boolean micros = meaning.startsWith("io.debezium.time.Micro") || meaning.startsWith("io.debezium.time.Nano");
        boolean told = scale >= 0 && scale < MICROS && !(micros && scale <= 3);
        return told ? name + "(" + scale + ")" : name;
    }
}
