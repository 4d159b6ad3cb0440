package io.millrace.source.codec;

import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * money by {@code decimal.handling.mode}: an exact decimal, a double or a string.
 *
 * @param scale digits behind the point of the server's smallest unit
 * @param fractionDigits those of records: {@code money.fraction.digits}
 */
record MoneyDecoder(DecimalMode mode, int scale, int fractionDigits) implements ValueDecoder {
    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        Malformed.length(8, length);
        return represent(BigEndian.int64(buffer, offset));
    }

    /** In any locale the digits are all of the number's; what is below zero has a minus somewhere, or parentheses. */
    @Override
    public Object text(byte[] buffer, int offset, int length) {
        byte[] digits = new byte[length + 1];
        int count = 1;
        digits[0] = '+';
        for (int i = offset; i < offset + length; i++) {
            if (buffer[i] == '-' || buffer[i] == '(') {
                digits[0] = '-';
            } else if (buffer[i] >= '0' && buffer[i] <= '9') {
                digits[count++] = buffer[i];
            }
        }
        boolean negative = digits[0] == '-';
        return represent(Digits.int64(digits, negative ? 0 : 1, negative ? count : count - 1));
    }

    private Object represent(long units) {
        BigDecimal value = BigDecimal.valueOf(units, scale).setScale(fractionDigits, RoundingMode.HALF_UP);
        return switch (mode) {
            case PRECISE -> value;
            case DOUBLE -> value.doubleValue();
            case STRING -> value.toPlainString();
        };
    }
}
