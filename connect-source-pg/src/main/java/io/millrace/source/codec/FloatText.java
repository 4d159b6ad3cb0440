package io.millrace.source.codec;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Floats as Postgres writes them: the fewest digits that lie strictly between the neighbouring halves, the nearest of
 * those; Java 17 writes more in some cases.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT">Floating-Point Types</a>
 */
final class FloatText {
    private static final int EXACT_DIGITS = 15;
    private static final int EXACT_FLOAT_DIGITS = 6;
    private static final int MOST_DIGITS = 17;
    private static final int MOST_FLOAT_DIGITS = 9;
    private static final int LOWEST_PLAIN = -4;
    private static final double PLAIN_FROM = 1e-3;
    private static final double PLAIN_TO = 1e6;
    private static final long EXACT_INTEGERS = 100_000_000_000_000L;

    private FloatText() {}

    static void append(double value, StringBuilder text) {
        if (special(value, text)) {
            return;
        }
        long whole = (long) value;
        if (whole == value && whole > -EXACT_INTEGERS && whole < EXACT_INTEGERS) {
            text.append(whole);
            return;
        }
        double absolute = Math.abs(value);
        if (plain(absolute, Double.toString(value), EXACT_DIGITS, text)) {
            return;
        }
        BigDecimal shortest = shortest(
                absolute,
                absolute < Double.MIN_NORMAL ? 1 : EXACT_DIGITS,
                MOST_DIGITS,
                new Neighbours(absolute, Math.nextDown(absolute), Math.nextUp(absolute)));
        write(value < 0, shortest, EXACT_DIGITS, text);
    }

    static void append(float value, StringBuilder text) {
        if (special(value, text)) {
            return;
        }
        float absolute = Math.abs(value);
        if (plain(absolute, Float.toString(value), EXACT_FLOAT_DIGITS, text)) {
            return;
        }
        BigDecimal shortest = shortest(
                absolute,
                absolute < Float.MIN_NORMAL ? 1 : EXACT_FLOAT_DIGITS,
                MOST_FLOAT_DIGITS,
                new Neighbours(absolute, Math.nextDown(absolute), Math.nextUp(absolute)));
        write(value < 0, shortest, EXACT_FLOAT_DIGITS, text);
    }

    /** Most values that people write have few digits, which Java then writes the same. */
    private static boolean plain(double absolute, String java, int exactDigits, StringBuilder text) {
        int marks = java.charAt(0) == '-' ? 2 : 1;
        char last = java.charAt(java.length() - 1);
        if (absolute < PLAIN_FROM || absolute >= PLAIN_TO || java.length() - marks > exactDigits || last == '0') {
            return false;
        }
        text.append(java);
        return true;
    }

    private static boolean special(double value, StringBuilder text) {
        if (Double.isNaN(value)) {
            text.append("NaN");
        } else if (Double.isInfinite(value)) {
            text.append(value > 0 ? "Infinity" : "-Infinity");
        } else if (value == 0) {
            text.append(1 / value < 0 ? "-0" : "0");
        } else {
            return false;
        }
        return true;
    }

    /** The halves on both sides of a positive float, between which decimals are read as that float. */
    private record Neighbours(BigDecimal low, BigDecimal high) {
        private static final BigDecimal HALF = new BigDecimal("0.5");

        Neighbours(double value, double below, double above) {
            this(middle(below, value), Double.isInfinite(above) ? highest(value, below) : middle(value, above));
        }

        private static BigDecimal middle(double low, double high) {
            return new BigDecimal(low).add(new BigDecimal(high)).multiply(HALF);
        }

        private static BigDecimal highest(double value, double below) {
            return new BigDecimal(value)
                    .add(new BigDecimal(value).subtract(new BigDecimal(below)).multiply(HALF));
        }

        boolean hold(BigDecimal candidate) {
            return candidate.compareTo(low) > 0 && candidate.compareTo(high) < 0;
        }
    }

    private static BigDecimal shortest(double value, int from, int to, Neighbours neighbours) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = from; digits < to; digits++) {
            BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (neighbours.hold(nearest)) {
                return nearest;
            }
            // The halves of a power of two are not equally far away: the other side may hold what the nearer does not.
            BigDecimal up = exact.round(new MathContext(digits, RoundingMode.UP));
            if (neighbours.hold(up)) {
                return up;
            }
        }
        return exact.round(new MathContext(to, RoundingMode.HALF_EVEN));
    }

    /** Plain between 0.0001 and as many digits as are always exact, else with an exponent of at least two digits. */
    private static void write(boolean negative, BigDecimal value, int plainDigits, StringBuilder text) {
        BigDecimal stripped = value.stripTrailingZeros();
        String digits = stripped.unscaledValue().toString();
        int exponent = digits.length() - 1 - stripped.scale();
        if (negative) {
            text.append('-');
        }
        if (exponent >= LOWEST_PLAIN && exponent < plainDigits) {
            text.append(stripped.toPlainString());
            return;
        }
        text.append(digits.charAt(0));
        if (digits.length() > 1) {
            text.append('.').append(digits, 1, digits.length());
        }
        int absolute = Math.abs(exponent);
        text.append('e')
                .append(exponent < 0 ? '-' : '+')
                .append(absolute < 10 ? "0" : "")
                .append(absolute);
    }
}
