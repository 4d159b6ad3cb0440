package io.millrace.sink.pg;

import io.millrace.sink.destination.SourceColumn;
import io.millrace.sink.destination.SourceType;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Whether a target column holds what is staged, and how it gets there. Only conversions that change no value are used,
 * or that fail where they would: an assignment to varchar(n) fails where an explicit cast would cut.
 *
 * @param expression how the staged column, {@code %s}, is written; null when it cannot be
 * @param problem why not
 */
record Fit(@Nullable String expression, String problem) {
    private static final String AS_IT_IS = "%s";
    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "citext");
    private static final Set<String> TEXT_TAGS = Set.of("TEXT", "VARCHAR", "BPCHAR", "NAME", "CHAR", "CITEXT");

    private static final Set<String> GEOGRAPHIC = Set.of("geometry", "geography");

    /** Sources' types for bytes; bytes of any other type are the UTF-8 of its text. */
    private static final Set<String> BINARY_TAGS =
            Set.of("BYTEA", "BINARY", "VARBINARY", "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "RAW", "IMAGE");

    /** Widenings and other conversions of staged types that hold every value. */
    private static final Map<String, Set<String>> HOLDS = Map.ofEntries(
            Map.entry("bool", Set.of()),
            Map.entry("int2", Set.of("int4", "int8", "numeric", "float4", "float8")),
            Map.entry("int4", Set.of("int8", "numeric", "float8", "oid")),
            Map.entry("int8", Set.of("numeric", "oid")),
            Map.entry("float4", Set.of("float8")),
            Map.entry("float8", Set.of()),
            Map.entry("date", Set.of("timestamp")),
            Map.entry("time", Set.of()),
            Map.entry("json", Set.of("jsonb")),
            Map.entry("jsonb", Set.of("json")),
            Map.entry("varbit", Set.of("bit")));

    boolean fits() {
        return expression != null;
    }

    String of(String staged) {
        if (expression == null) {
            throw new IllegalStateException(problem);
        }
        return expression.replace(AS_IT_IS, staged);
    }

    /** Judges a staged column against a live one. */
    static Fit judge(SourceColumn source, String form, LiveColumn live) {
        if (live.generated()) {
            return new Fit(AS_IT_IS, "");
        }
        if (source.schema().type() == Schema.Type.MAP) {
            return map(source, live);
        }
        String problem = modifierProblem(source, live);
        if (problem != null) {
            return refuse(source, live, problem);
        }
        if (form.endsWith("[]")) {
            return array(source, form, live);
        }
        return scalar(source, form, live);
    }

    private static Fit scalar(SourceColumn source, String form, LiveColumn live) {
        String base = live.base();
        String tag = source.type() == null ? "" : source.type().name();
        if (form.equals(base) || HOLDS.getOrDefault(form, Set.of()).contains(base)) {
            boolean explicit = (form.equals("json") || form.equals("jsonb")) && !form.equals(base);
            return explicit ? cast(live) : new Fit(AS_IT_IS, "");
        }
        if (form.equals("text")) {
            return text(source, tag, live);
        }
        boolean bytesOfText = form.equals("bytea") && source.schema().name() == null && !tag.isEmpty();
        if (bytesOfText && !BINARY_TAGS.contains(tag)) {
            return new Fit("convert_from(%s, 'UTF8')::" + live.cast(), "");
        }
        if (base.equals("text") || base.equals("varchar")) {
            // An assignment would do, but for types without one; varchar(n) is still assigned, so it fails and never
            // cuts.
            return new Fit("(%s)::text", "");
        }
        boolean instant = form.equals("timestamp") && base.equals("timestamptz") && tag.isEmpty();
        if (instant) {
            return new Fit("(%s AT TIME ZONE 'UTC')", "");
        }
        boolean money = form.equals("numeric") && base.equals("money") && tag.equals("MONEY");
        boolean whole = form.equals("numeric") && Set.of("int2", "int4", "int8").contains(base) && scale(source) == 0;
        boolean asDouble = form.equals("float8") && base.equals("numeric") && tag.equals("NUMERIC");
        if (money || whole || asDouble) {
            return new Fit(AS_IT_IS, "");
        }
        if (form.equals("json") && base.equals("hstore")) {
            // The aggregates of no pairs at all are NULL.
            return new Fit(
                    "(CASE WHEN %s IS NOT NULL THEN coalesce((SELECT hstore(array_agg(e.key), array_agg(e.value))"
                            + " FROM json_each_text(%s) e), '') END)",
                    "");
        }
        boolean geometry = form.equals("bytea") && GEOGRAPHIC.contains(base);
        return geometry ? cast(live) : refuse(source, live, "");
    }

    private static Fit text(SourceColumn source, String tag, LiveColumn live) {
        if (live.base().equals("varchar") && live.modifier() >= 0 && !isBounded(source)) {
            // An assignment cuts blanks beyond the length; behind them is something else now, and it fails.
            return new Fit("CASE WHEN char_length(%s) > " + (live.modifier() - 4) + " THEN %s || '.' ELSE %s END", "");
        }
        if (TEXTS.contains(live.base()) || live.base().equals("name") && tag.equals("NAME")) {
            return new Fit(AS_IT_IS, "");
        }
        if (live.base().equals("name")) {
            return refuse(source, live, "Postgres cuts it to 63 bytes");
        }
        boolean plainText = TEXT_TAGS.contains(tag);
        if (plainText && !live.userDefined()
                || tag.equals("BYTEA") && live.base().equals("bytea")) {
            return refuse(source, live, "");
        }
        return cast(live);
    }

    private static Fit array(SourceColumn source, String form, LiveColumn live) {
        if (!live.isArray()) {
            return refuse(source, live, "");
        }
        // Of a domain over an array the element's name is not known here; text is cast with the whole array.
        String cast = live.cast().endsWith("[]")
                ? live.cast().substring(0, live.cast().length() - 2)
                : "text";
        LiveColumn element = new LiveColumn(
                live.name(), live.type(), cast, live.base().substring(1), -1, live.userDefined(), false, false, false);
        SourceType tag = source.type();
        SourceColumn elementSource = new SourceColumn(
                source.name(),
                source.schema().valueSchema(),
                tag == null || !tag.name().startsWith("_")
                        ? null
                        : new SourceType(tag.name().substring(1), -1, -1),
                true);
        Fit inner = scalar(elementSource, form.substring(0, form.length() - 2), element);
        if (!inner.fits()) {
            return refuse(source, live, "");
        }
        if (inner.of("e").equals("e")) {
            // Assigned element by element; a cast to bit[] would cut each to one bit.
            return new Fit(AS_IT_IS, "");
        }
        if (inner.of("e").equals(cast(element).of("e"))) {
            return cast(live);
        }
        return new Fit(
                "(CASE WHEN %s IS NOT NULL THEN coalesce((SELECT array_agg(" + inner.of("e")
                        + " ORDER BY n) FROM unnest(%s) WITH ORDINALITY AS u(e, n)), '{}')::" + live.cast() + " END)",
                "");
    }

    private static Fit map(SourceColumn source, LiveColumn live) {
        return switch (live.base()) {
            case "hstore" -> new Fit("hstore(%s)", "");
            case "json" -> new Fit("json_object(%s)", "");
            case "jsonb" -> new Fit("jsonb_object(%s)", "");
            default -> refuse(source, live, "");
        };
    }

    /** Assignments to a smaller scale or precision round without a word, so they are looked for here. */
    private static @Nullable String modifierProblem(SourceColumn source, LiveColumn live) {
        int modifier = live.modifier();
        if (modifier < 0) {
            return null;
        }
        SourceType type = source.type();
        return switch (live.base()) {
            case "numeric" -> numericProblem(source, modifier);
            case "varchar", "bpchar" ->
                type != null && isBounded(source) && type.length() > modifier - 4
                        ? "the source's values have up to " + type.length() + " characters"
                        : null;
            case "time", "timetz", "timestamp", "timestamptz" -> {
                int digits = fractionDigits(source);
                yield digits > modifier
                        ? "the source's values have " + digits + " digits of a second's fraction"
                        : null;
            }
            default -> null;
        };
    }

    private static @Nullable String numericProblem(SourceColumn source, int modifier) {
        int precision = (modifier - 4) >> 16 & 0xffff;
        int scale = scaleOf(modifier);
        boolean integer = Set.of(Schema.Type.INT8, Schema.Type.INT16, Schema.Type.INT32, Schema.Type.INT64)
                .contains(source.schema().type());
        if (integer) {
            return scale < 0 ? "it is rounded to " + -scale + " places before the point" : null;
        }
        int sourceScale = scale(source);
        if (sourceScale < 0 || sourceScale > scale) {
            return "the source's values have " + (sourceScale < 0 ? "any number of" : sourceScale) + " decimal places";
        }
        SourceType type = source.type();
        int whole = type != null && isBounded(type) ? type.length() - sourceScale : 0;
        return whole > precision - scale
                ? "the source's values have up to " + whole + " digits before the point"
                : null;
    }

    /** Of a numeric's modifier: 11 bits with a sign, since Postgres 15. */
    static int scaleOf(int modifier) {
        return ((modifier - 4 & 0x7ff) ^ 1024) - 1024;
    }

    /** Whether the source tells how long its texts can be. */
    static boolean isBounded(SourceColumn source) {
        SourceType type = source.type();
        return type != null
                && TEXT_TAGS.contains(type.name())
                && type.length() > 0
                && type.length() < Integer.MAX_VALUE;
    }

    /** Whether the source tells that its texts can be of any length. */
    static boolean isUnbounded(SourceColumn source) {
        SourceType type = source.type();
        return type != null && TEXT_TAGS.contains(type.name()) && !isBounded(source);
    }

    /** Decimal places, -1 when there can be any number. */
    private static int scale(SourceColumn source) {
        SourceType type = source.type();
        Map<String, String> parameters = source.schema().parameters();
        String scale = parameters == null ? null : parameters.get("scale");
        if (scale != null) {
            return Integer.parseInt(scale);
        }
        return type != null && isBounded(type) ? Math.max(0, type.scale()) : -1;
    }

    private static boolean isBounded(SourceType type) {
        return type.length() > 0 && type.length() <= 1000;
    }

    private static int fractionDigits(SourceColumn source) {
        String meaning = source.schema().name() == null ? "" : source.schema().name();
        SourceType type = source.type();
        if (type != null && type.scale() >= 0 && type.scale() <= 6) {
            return type.scale();
        }
        boolean millis = meaning.equals("io.debezium.time.Timestamp")
                || meaning.equals("io.debezium.time.Time")
                || meaning.startsWith("org.apache.kafka.connect.data.");
        return millis ? 3 : 6;
    }

    private static Fit cast(LiveColumn live) {
        return new Fit("(%s)::" + live.cast(), "");
    }

    private static Fit refuse(SourceColumn source, LiveColumn live, String why) {
        return new Fit(
                null,
                "column \"" + live.name() + "\" is " + live.type() + " and cannot hold the source's "
                        + source.describe() + (why.isEmpty() ? "" : ": " + why));
    }
}
