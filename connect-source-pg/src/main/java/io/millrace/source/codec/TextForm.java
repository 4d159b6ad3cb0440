package io.millrace.source.codec;

/**
 * Writes a value's text form, as its type's output function does, from the binary form that its send function gave. The
 * text is that of a session with {@code DateStyle=ISO}, {@code IntervalStyle=postgres}, {@code bytea_output=hex},
 * {@code TimeZone=UTC} and {@code extra_float_digits>=1}, which all sessions of the connector have. For types that have
 * no decoder of their own: they are text in records, and this lets them stay binary on the wire.
 */
@FunctionalInterface
interface TextForm {
    /** Like {@link ValueDecoder#binary}; throws as that does when the bytes are malformed. */
    void append(byte[] buffer, int offset, int length, StringBuilder text);
}
