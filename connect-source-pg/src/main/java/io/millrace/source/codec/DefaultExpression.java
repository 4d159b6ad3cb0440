package io.millrace.source.codec;

import io.millrace.core.ColumnDefault;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a default is a literal, which is the same for every row, or has to be computed. Anything that is not
 * recognised counts as computed. Pure.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS">Constants</a>
 */
final class DefaultExpression {
    private static final Pattern NULL = Pattern.compile("(?i)null");
    private static final Pattern NUMBER = Pattern.compile("(\\d+(\\.\\d*)?|\\.\\d+)(e[+-]?\\d+)?");
    private static final Pattern OTHER = Pattern.compile("[BX]?'[^']*+(''[^']*+)*+'|true|false");

    private static final String NAME = "(\\w+|\"[^\"']+\")";

    /** What is cast last, and to which type. No name that is read here has a single quote: what is in quotes is no cast. */
    private static final Pattern CAST = Pattern.compile("(?s)(.*)::" + NAME + "(\\." + NAME + ")?( varying| precision)?"
            + "(\\([\\d,]+\\))?( with(out)? time zone)?(\\[\\])*");

    private DefaultExpression() {}

    /** @param expression as {@code pg_get_expr} writes it; null answers null, as does the default NULL */
    static @Nullable ColumnDefault judge(@Nullable String expression) {
        if (expression == null) {
            return null;
        }
        String literal = bare(expression);
        if (NULL.matcher(literal).matches()) {
            return null;
        }
        String number = literal.startsWith("-") ? bare(literal.substring(1)) : literal;
        boolean constant =
                NUMBER.matcher(number).matches() || OTHER.matcher(literal).matches();
        return constant ? ColumnDefault.CONSTANT : ColumnDefault.COMPUTED;
    }

    /** Without casts and brackets around it. */
    private static String bare(String expression) {
        String text = expression.strip();
        while (true) {
            Matcher cast = CAST.matcher(text);
            if (cast.matches()) {
                text = cast.group(1).strip();
            } else if (text.startsWith("(") && text.endsWith(")")) {
                text = text.substring(1, text.length() - 1).strip();
            } else {
                return text;
            }
        }
    }
}
