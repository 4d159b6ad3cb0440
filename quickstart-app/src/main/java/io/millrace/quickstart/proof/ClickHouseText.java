package io.millrace.quickstart.proof;

import io.millrace.quickstart.database.Relation;

/**
 * A column's value as text that Postgres and ClickHouse write the same, each by its own functions.
 *
 * @param postgres the text in Postgres's SQL
 * @param clickHouse the text in ClickHouse's; NULL where the value is
 */
record ClickHouseText(String postgres, String clickHouse) {
    static ClickHouseText of(MirroredColumn column) {
        String here = "t." + Relation.quote(column.name());
        String there = name(column.name());
        String text = here + "::text";
        return switch (column.type()) {
            // As one writes it without trailing zeros.
            case "numeric" -> new ClickHouseText("trim_scale(" + here + ")::text", "toString(" + there + ")");
            case "float4" -> new ClickHouseText("encode(float4send(" + here + "), 'hex')", bits(there, 32));
            case "float8" -> new ClickHouseText("encode(float8send(" + here + "), 'hex')", bits(there, 64));
            case "bpchar" -> new ClickHouseText(text, "trimRight(" + there + ")");
            case "timestamp", "timestamptz" ->
                new ClickHouseText(
                        "(extract(epoch FROM " + here + ") * 1000000)::bigint::text",
                        "toString(toUnixTimestamp64Micro(" + there + "))");
            case "interval" -> new ClickHouseText(Portable.interval(here, "::numeric::bigint"), interval(there));
            case "bytea" -> new ClickHouseText("encode(" + here + ", 'hex')", "lower(hex(" + there + "))");
            case "array" -> new ClickHouseText("array_to_json(" + here + ")::text", there);
            default -> new ClickHouseText(text, "toString(" + there + ")");
        };
    }

    static String name(String name) {
        return '`' + name.replace("\\", "\\\\").replace("`", "\\`") + '`';
    }

    private static String bits(String column, int size) {
        return "leftPad(lower(hex(reinterpretAsUInt" + size + "(" + column + "))), " + size / 4 + ", '0')";
    }

    /** From text such as P1Y2M3DT4H5M6.7S; of NULL Postgres's parts make an empty text. */
    private static String interval(String column) {
        return "ifNull(concat(toString(" + part(column, "^P(-?[0-9]+)Y") + " * 12 + "
                + part(column, "^P[^T]*?(-?[0-9]+)M") + "), ' ', toString(" + part(column, "^P[^T]*?(-?[0-9]+)D")
                + "), ' ', toString(" + part(column, "T(-?[0-9]+)H") + " * 3600000000 + "
                + part(column, "T[^M]*?(-?[0-9]+)M") + " * 60000000 + toInt64(toDecimal64OrZero(extract(" + column
                + ", '(-?[0-9.]+)S'), 6) * 1000000))), '')";
    }

    private static String part(String column, String pattern) {
        return "toInt64OrZero(extract(" + column + ", '" + pattern + "'))";
    }
}
