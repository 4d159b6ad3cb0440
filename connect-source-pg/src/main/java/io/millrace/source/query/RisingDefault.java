package io.millrace.source.query;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a column's default gives each row the server's clock as it is. What is computed from that, such as the hour that
 * it lies in, is of the past when it is written. Pure.
 */
final class RisingDefault {
    private static final String CLOCK = "(now|transaction_timestamp|statement_timestamp|clock_timestamp)\\(\\)"
            + "|(CURRENT_TIMESTAMP|LOCALTIMESTAMP)(\\(\\d\\))?";

    /** As the catalog writes them; also in another zone, as Postgres 13 and 14 do, and as another type of time. */
    private static final Pattern TIME = Pattern.compile("\\(*(" + CLOCK + ")\\)*( AT TIME ZONE '[^']*'::text\\)*)?"
            + "(::timestamp(\\(\\d\\))? with(out)? time zone)?"
            + "|timezone\\('[^']*'::text, \\(*(" + CLOCK + ")\\)*\\)");

    private static final Pattern DAY = Pattern.compile("CURRENT_DATE|\\(+(" + CLOCK + ")\\)+::date");

    private RisingDefault() {}

    /** @param expression as {@code pg_get_expr} writes it; null for none */
    static boolean is(WatermarkType type, @Nullable String expression) {
        if (expression == null) {
            return false;
        }
        return switch (type) {
            case TIMESTAMPTZ, TIMESTAMP -> TIME.matcher(expression).matches();
            case DATE ->
                TIME.matcher(expression).matches() || DAY.matcher(expression).matches();
            case UUID_V7 -> expression.equals("uuidv7()");
            default -> false;
        };
    }
}
